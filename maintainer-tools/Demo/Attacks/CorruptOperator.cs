using System.Text.Json;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>
/// Whoever runs one of the four nodes turns against the rest: lies with its keys, act by act, and at last takes a quorum away.
/// </summary>
/// <param name="payload">What is published.</param>
/// <param name="cast">Who is on the stage.</param>
/// <param name="stage">Where programs run.</param>
internal sealed class CorruptOperator(Payload payload, Ensemble cast, Stage stage)
{
    private const int Seized = 3, Dead = 2;

    // A check asks one node at random: after so many, the liar was asked but for one chance in a hundred thousand.
    private const int Fleet = 3, MostFleets = 14;

    private static readonly string Name = NodeNetwork.NameOf(Seized);

    private NodeNetwork Network => cast.Network;

    /// <summary>From here on the node is the liar's, until <see cref="TakeQuorumAwayAsync"/> ends.</summary>
    public async Task<string> AlterBytesAsync()
    {
        await Network.StopAsync(Seized);
        using NodeKeys keys = NodeKeys.Seize(Network.DataOf(Seized));
        await using LyingMirror liar = Mirror(new AlteredBytes(keys));
        Endpoint endpoint = await cast.NewEndpointAsync();
        JsonElement installed = await endpoint.AgentAsync(ExitCode.Done, "install");
        await MustHaveAsync(endpoint);

        string[] liars = [.. installed.GetProperty("liars").EnumerateArray().Select(entry => Findings.Text(entry, "node"))];
        Stage.Must(liar.Lies > 0, "the altering mirror was never asked for bytes");
        Stage.Must(liars is [var only] && only == Name, $"the agent should name {Name}, and named: {string.Join(", ", liars)}");
        return $"every altered piece refused, installed from the others all the same; {Name} is named";
    }

    public async Task<string> HideReleaseAsync()
    {
        using NodeKeys keys = NodeKeys.Seize(Network.DataOf(Seized));
        await using LyingMirror liar = Mirror(new HiddenRelease(keys));
        for (int fleets = 0; liar.Lies == 0 && fleets < MostFleets; fleets++)
        {
            JsonElement[] checks = await Task.WhenAll(Enumerable.Range(0, Fleet).Select(async _ =>
                await (await cast.NewEndpointAsync()).AgentAsync(ExitCode.Done, "check")));
            Stage.Must(
                checks.All(check => Findings.Text(check, "status") == "update-available"), $"an agent believed the liar: {string.Join('\n', checks)}");
            Stage.Must(
                liar.Lies == 0 || checks.Any(check => Findings.Of(check).Contains("map-proof-invalid")),
                $"the lie should be named: {string.Join('\n', checks)}");
        }

        Stage.Must(liar.Lies > 0, "the liar was never asked");
        return "its proof is of another channel (map-proof-invalid); the next node tells the truth";
    }

    public async Task<string> TellTwoHistoriesAsync()
    {
        using NodeKeys keys = NodeKeys.Seize(Network.DataOf(Seized));
        await using LyingMirror liar = Mirror(new SecondHistory(keys));
        JsonElement installed = await (await cast.NewEndpointAsync()).AgentAsync(ExitCode.Done, "install");
        Stage.Must(
            installed.TryGetProperty("evidence", out JsonElement evidence) && evidence.GetArrayLength() == 1, $"the agent should have evidence: {installed}");

        ChildResult judged = await stage.ShareAsync(
            ["audit", "evidence", Findings.Text(evidence[0], "file"), "--trust-root", Network.TrustRoot, "--json"]);
        Stage.Must(Findings.Text(judged.Json, "node") == Name, $"the evidence should convict {Name}: {judged.Said}");
        return $"installed without it; `share audit evidence` judges the file: {Name} signed both";
    }

    /// <summary>The seized node is gone, and another dies; afterwards both are back.</summary>
    public async Task<string> TakeQuorumAwayAsync()
    {
        await Network.KillAsync(Dead);
        Endpoint endpoint = await cast.NewEndpointAsync();
        await endpoint.AgentAsync(ExitCode.NoQuorum, "install");
        Stage.Must(!await endpoint.HasAsync(payload), "the payload is there although there was no quorum");

        await Network.StartAsync(Dead);
        await endpoint.AgentAsync(ExitCode.Done, "install");
        await MustHaveAsync(endpoint);
        await Network.StartAsync(Seized);
        return "refused without a quorum, installed when it was back";
    }

    private LyingMirror Mirror(Lie lie) => new(Network.Urls[Seized], Network.Urls[0], lie);

    private async Task MustHaveAsync(Endpoint endpoint) =>
        Stage.Must(await endpoint.HasAsync(payload), "the installed file is not the published one");
}
