using System.Diagnostics;
using System.Text.Json;
using SupplyChain.MaintainerTools.Demo.Attacks;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>
/// The acts, in order. Each uses only what the acts before it left on disk and on the network, and fails when a program did
/// not end as it must. The closing figures are what the programs themselves measured.
/// </summary>
internal sealed class Play : IAsyncDisposable
{
    private const string First = "1.0.0", Second = "1.1.0";

    private readonly string _folder;
    private readonly Payload _payload;
    private readonly Stage _stage;
    private readonly Narrator _narrator;
    private readonly Ensemble _cast;
    private readonly CorruptOperator _operator;
    private readonly FalseSubmitter _submitter;
    private readonly Eclipse _eclipse;

    private Endpoint? _endpoint;

    public Play(string folder, Payload payload, Stage stage, Narrator narrator)
    {
        (_folder, _payload, _stage, _narrator) = (folder, payload, stage, narrator);
        _cast = new Ensemble(folder, payload, stage);
        _operator = new CorruptOperator(payload, _cast, stage);
        _submitter = new FalseSubmitter(folder, _cast, stage);
        _eclipse = new Eclipse(Network, stage);
    }

    public NodeNetwork Network => _cast.Network;

    public Figures Figures { get; private set; } = new();

    public async Task PerformAsync()
    {
        await _narrator.ActAsync("Five maintainers make one key that never exists whole", CeremonyAsync);
        await _narrator.ActAsync("Four operators start repository nodes", FoundNetworkAsync);
        await _narrator.ActAsync($"Three of five sign {_payload.Name}; the nodes certify it", PublishAsync);
        await _narrator.ActAsync("An endpoint checks everything and installs it", InstallAsync);

        await _narrator.ActAsync("One mirror alters the bytes", _operator.AlterBytesAsync);
        await _narrator.ActAsync("It says that nothing was released", _operator.HideReleaseAsync);
        await _narrator.ActAsync("It tells two histories", _operator.TellTwoHistoriesAsync);
        await _narrator.ActAsync("It is gone, a second node dies and returns", _operator.TakeQuorumAwayAsync);

        await _narrator.ActAsync("A new version comes and is revoked", RevokeAsync);
        await _narrator.ActAsync("A release of the staging network is handed in here", _submitter.ReplayFromElsewhereAsync);
        await _narrator.ActAsync("Two of five approve another release", _submitter.SignWithTooFewAsync);
        await _narrator.ActAsync("Two of five change the trust root", _submitter.RotateWithTooFewAsync);
        Figures = Figures with { NodeMemory = Network.PeakMemory() };

        await _narrator.ActAsync("All nodes are cut off; three stolen keys attest the log of before", () => _eclipse.ShowOlderVersionAsync(_endpoint!));
        await _narrator.ActAsync("The wire repeats what the nodes said last", () => _eclipse.FreezeAsync(_endpoint!));
    }

    /// <summary>Writes the network's C2SP tlog-policy file.</summary>
    public async Task<string> WritePolicyAsync()
    {
        string policy = Path.Combine(_folder, "tlog-policy");
        ChildResult written = await _stage.ShareAsync(["trust", "policy", "--trust-root", Network.TrustRoot]);
        await File.WriteAllTextAsync(policy, written.Output);
        return policy;
    }

    public ValueTask DisposeAsync() => _cast.DisposeAsync();

    private async Task<string> CeremonyAsync()
    {
        long begin = Stopwatch.GetTimestamp();
        await _cast.Maintainers.HoldCeremonyAsync();
        Figures = Figures with { Ceremony = Stopwatch.GetElapsedTime(begin) };
        return $"any {Maintainers.Required} of {Maintainers.Members} can sign, {Maintainers.Required - 1} cannot";
    }

    private async Task<string> FoundNetworkAsync()
    {
        await Network.InitialiseAsync();
        await _cast.Desk.FoundAsync();
        await Network.StartAsync();
        return "their first checkpoint carries a quorum's signatures";
    }

    private async Task<string> PublishAsync()
    {
        Figures = Figures with { PublishToCertified = await _cast.Desk.PublishAsync(First) };
        return $"certified {Figures.PublishToCertified.TotalSeconds:0.00} s after it was handed in";
    }

    private async Task<string> InstallAsync()
    {
        _endpoint = await _cast.NewEndpointAsync();
        JsonElement installed = await _endpoint.AgentAsync(ExitCode.Done, "install");
        Stage.Must(await _endpoint.HasAsync(_payload), "the installed file is not the published one");

        JsonElement check = await _endpoint.AgentAsync(ExitCode.Done, "check");
        Figures = Figures with
        {
            CheckBytes = check.GetProperty("bytes").GetInt64(),
            CheckRequests = check.GetProperty("requests").GetInt64(),
            CheckTime = TimeSpan.FromMilliseconds(check.GetProperty("milliseconds").GetDouble()),
            DownloadRate = installed.GetProperty("downloadBytes").GetInt64() / Math.Max(installed.GetProperty("seconds").GetDouble(), 0.001),
        };
        return $"{_payload.Size / 1e6:0.0} MB from {installed.GetProperty("nodesUsed").GetArrayLength()} nodes at once";
    }

    private async Task<string> RevokeAsync()
    {
        await _eclipse.RecordOldAsync();
        await _cast.Desk.PublishAsync(Second);
        await _endpoint!.AgentAsync(ExitCode.Done, "check");
        await _cast.Desk.RevokeAsync(Second);
        await _eclipse.RecordLateAsync();

        Endpoint late = await _cast.NewEndpointAsync();
        JsonElement refused = await late.AgentAsync(ExitCode.Refused, "install");
        Stage.Must(Findings.Of(refused).Contains("release-revoked"), $"the agent should say release-revoked: {refused}");
        return "who comes after that is refused: the same map that offers it says release-revoked";
    }
}
