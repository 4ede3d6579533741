using System.Diagnostics;
using System.Text.Json;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>
/// The acts, in order. Each uses only what the acts before it left on disk and on the network, and fails when a program did
/// not end as it must. The closing figures are what the programs themselves measured.
/// </summary>
internal sealed class Play : IAsyncDisposable
{
    private const int Seized = 3;
    private const int Dead = 2;

    private readonly string _folder;
    private readonly Payload _payload;
    private readonly Stage _stage;
    private readonly Narrator _narrator;
    private readonly Maintainers _maintainers;
    private readonly ReleaseDesk _desk;

    public Play(string folder, Payload payload, Stage stage, Narrator narrator)
    {
        (_folder, _payload, _stage, _narrator) = (folder, payload, stage, narrator);
        _maintainers = new Maintainers(folder, stage);
        Network = new NodeNetwork(folder, stage);
        _desk = new ReleaseDesk(folder, payload, _maintainers, Network, stage);
    }

    public NodeNetwork Network { get; }

    public Figures Figures { get; private set; } = new();

    public async Task PerformAsync()
    {
        await _narrator.ActAsync("Five maintainers make one key that never exists whole", CeremonyAsync);
        await _narrator.ActAsync("Four operators start repository nodes", FoundNetworkAsync);
        await _narrator.ActAsync($"Three of five sign {_payload.Name}; the nodes certify it", PublishAsync);
        await _narrator.ActAsync("An endpoint checks everything and installs it", InstallAsync);
        await _narrator.ActAsync("One mirror alters the bytes", AlteredBytesAsync);
        await _narrator.ActAsync("Two of four nodes are dead, then one returns", NoQuorumAsync);
        await _narrator.ActAsync("Two of five approve another release", TooFewApprovalsAsync);
        Figures = Figures with { NodeMemory = Network.PeakMemory() };
    }

    /// <summary>Writes the network's C2SP tlog-policy file.</summary>
    public async Task<string> WritePolicyAsync()
    {
        string policy = Path.Combine(_folder, "tlog-policy");
        ChildResult written = await _stage.ShareAsync(["trust", "policy", "--trust-root", Network.TrustRoot]);
        await File.WriteAllTextAsync(policy, written.Output);
        return policy;
    }

    public ValueTask DisposeAsync() => Network.DisposeAsync();

    private async Task<string> CeremonyAsync()
    {
        long begin = Stopwatch.GetTimestamp();
        await _maintainers.HoldCeremonyAsync();
        Figures = Figures with { Ceremony = Stopwatch.GetElapsedTime(begin) };
        return $"any {Maintainers.Required} of {Maintainers.Members} can sign, {Maintainers.Required - 1} cannot";
    }

    private async Task<string> FoundNetworkAsync()
    {
        await Network.InitialiseAsync();
        await _desk.FoundAsync();
        await Network.StartAsync();
        return "their first checkpoint carries a quorum's signatures";
    }

    private async Task<string> PublishAsync()
    {
        Figures = Figures with { PublishToCertified = await _desk.PublishAsync("1.0.0") };
        return $"certified {Figures.PublishToCertified.TotalSeconds:0.00} s after it was handed in";
    }

    private async Task<string> InstallAsync()
    {
        Endpoint endpoint = await NewEndpointAsync("endpoint-1");
        JsonElement installed = await endpoint.AgentAsync(ExitCode.Done, "install");
        await MustHaveAsync(endpoint);

        JsonElement check = await endpoint.AgentAsync(ExitCode.Done, "check");
        Figures = Figures with
        {
            CheckBytes = check.GetProperty("bytes").GetInt64(),
            CheckRequests = check.GetProperty("requests").GetInt64(),
            CheckTime = TimeSpan.FromMilliseconds(check.GetProperty("milliseconds").GetDouble()),
            DownloadRate = installed.GetProperty("downloadBytes").GetInt64() / Math.Max(installed.GetProperty("seconds").GetDouble(), 0.001),
        };
        return $"{_payload.Size / 1e6:0.0} MB from {installed.GetProperty("nodesUsed").GetArrayLength()} nodes at once";
    }

    private async Task<string> AlteredBytesAsync()
    {
        await Network.StopAsync(Seized);
        await using var liar = new LyingMirror(Network.Urls[Seized], Network.Urls[0], NodeKeys.Seize(Network.DataOf(Seized)));
        Endpoint endpoint = await NewEndpointAsync("endpoint-2");
        JsonElement installed = await endpoint.AgentAsync(ExitCode.Done, "install");
        await MustHaveAsync(endpoint);

        string[] liars = [.. installed.GetProperty("liars").EnumerateArray().Select(entry => entry.GetProperty("node").GetString()!)];
        string seized = NodeNetwork.NameOf(Seized);
        Must(liar.Altered > 0, "the altering mirror was never asked for bytes");
        Must(liars is [var only] && only == seized, $"the agent should name {seized}, and named: {string.Join(", ", liars)}");
        return $"every altered piece refused, installed from the others all the same; {seized} is named";
    }

    private async Task<string> NoQuorumAsync()
    {
        await Network.KillAsync(Dead);
        Endpoint endpoint = await NewEndpointAsync("endpoint-3");
        await endpoint.AgentAsync(ExitCode.NoQuorum, "install");
        Must(!await endpoint.HasAsync(_payload), "the payload is there although there was no quorum");

        await Network.StartAsync(Dead);
        await endpoint.AgentAsync(ExitCode.Done, "install");
        await MustHaveAsync(endpoint);
        await Network.StartAsync(Seized);
        return "refused without a quorum, installed when it was back";
    }

    private async Task<string> TooFewApprovalsAsync()
    {
        string request = await _maintainers.ApproveAsync(await _desk.NewReleaseAsync("1.0.1"), Maintainers.Required - 1);
        string envelope = Path.Combine(_folder, "forged.envelope.json");
        await _stage.RunAsync(ChildProgram.Share, ["sign", "combine", "--dir", request, "--out", envelope], ExitCode.Refused);

        // Whoever holds too few approvals can still dress one up as the group's signature, and hand that in.
        await File.WriteAllBytesAsync(envelope, Forgery.Of(request));
        ChildResult answer = await _desk.SubmitAsync([envelope], ExitCode.Refused);
        Must(answer.Output.Contains("wrong-signature", StringComparison.Ordinal), $"the nodes should say wrong-signature: {answer.Said}");
        return "our tool refuses to combine them, and the nodes refuse what another tool might make of them";
    }

    private async Task<Endpoint> NewEndpointAsync(string name)
    {
        var endpoint = new Endpoint(Path.Combine(_folder, name), _stage);
        await endpoint.InitialiseAsync(Network.TrustRoot);
        return endpoint;
    }

    private async Task MustHaveAsync(Endpoint endpoint) =>
        Must(await endpoint.HasAsync(_payload), "the installed file is not the published one");

    private static void Must(bool condition, string otherwise)
    {
        if (!condition) throw new ActFailed(otherwise);
    }
}
