using System.Text;
using System.Text.Json;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>
/// What an attacker tries once everything works, act by act: with one node, with three, with all wires, with two
/// maintainers, with a statement of another network. Each act leaves the network as it found it.
/// </summary>
/// <param name="folder">The demo's.</param>
/// <param name="payload">What is published.</param>
/// <param name="cast">Who is on the stage.</param>
/// <param name="stage">Where programs run.</param>
internal sealed class Attacker(string folder, Payload payload, Ensemble cast, Stage stage)
{
    private const int Seized = 3, Dead = 2;

    // A check asks one node at random: after so many, the liar was asked but for one chance in a hundred thousand.
    private const int MostTries = 40;

    private byte[] _earlier = [];

    private NodeNetwork Network => cast.Network;

    /// <summary>Notes what the network shows now, to show it again when it is old.</summary>
    public async Task RecordAsync() => _earlier = await Network.CheckpointAsync(0);

    public async Task<string> AlterBytesAsync()
    {
        await Network.StopAsync(Seized);
        using NodeKeys keys = NodeKeys.Seize(Network.DataOf(Seized));
        await using var liar = new LyingMirror(Network.Urls[Seized], Network.Urls[0], new AlteredBytes(keys));
        Endpoint endpoint = await cast.NewEndpointAsync();
        JsonElement installed = await endpoint.AgentAsync(ExitCode.Done, "install");
        await MustHaveAsync(endpoint);

        string[] liars = [.. installed.GetProperty("liars").EnumerateArray().Select(entry => entry.GetProperty("node").GetString()!)];
        string seized = NodeNetwork.NameOf(Seized);
        Stage.Must(liar.Lies > 0, "the altering mirror was never asked for bytes");
        Stage.Must(liars is [var only] && only == seized, $"the agent should name {seized}, and named: {string.Join(", ", liars)}");
        return $"every altered piece refused, installed from the others all the same; {seized} is named";
    }

    /// <summary>The seized node stays away, and another dies; afterwards both are back.</summary>
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

    public async Task<string> HideReleaseAsync()
    {
        await Network.StopAsync(Seized);
        using (NodeKeys keys = NodeKeys.Seize(Network.DataOf(Seized)))
        await using (var liar = new LyingMirror(Network.Urls[Seized], Network.Urls[0], new HiddenRelease(keys)))
        {
            for (int tries = 0; liar.Lies == 0 && tries < MostTries; tries++)
            {
                Endpoint endpoint = await cast.NewEndpointAsync();
                JsonElement check = await endpoint.AgentAsync(ExitCode.Done, "check");
                Stage.Must(Text(check, "status") == "update-available", $"the agent believed the liar: {check}");
                Stage.Must(liar.Lies == 0 || Faults(check).Contains("map-proof-invalid"), $"the lie should be named: {check}");
            }

            Stage.Must(liar.Lies > 0, "the liar was never asked");
        }

        await Network.StartAsync(Seized);
        return "its proof is of another channel (map-proof-invalid); the next node tells the truth";
    }

    public async Task<string> TellTwoHistoriesAsync()
    {
        await Network.StopAsync(Seized);
        JsonElement installed;
        using (NodeKeys keys = NodeKeys.Seize(Network.DataOf(Seized)))
        await using (new LyingMirror(Network.Urls[Seized], Network.Urls[0], new SecondHistory(keys)))
            installed = await (await cast.NewEndpointAsync()).AgentAsync(ExitCode.Done, "install");

        await Network.StartAsync(Seized);
        Stage.Must(installed.TryGetProperty("evidence", out JsonElement evidence) && evidence.GetArrayLength() == 1, $"the agent should have evidence: {installed}");
        ChildResult judged = await stage.ShareAsync(
            ["audit", "evidence", Text(evidence[0], "file"), "--trust-root", Network.TrustRoot, "--json"]);
        Stage.Must(Text(judged.Json, "node") == NodeNetwork.NameOf(Seized), $"the evidence should convict {NodeNetwork.NameOf(Seized)}: {judged.Said}");
        return $"installed without it; `share audit evidence` judges the file: {NodeNetwork.NameOf(Seized)} signed both";
    }

    public async Task<string> RotateWithTooFewAsync()
    {
        string rotation = Path.Combine(folder, "rotation.json");
        await stage.ShareAsync(["trust", "rotate", "--trust-root", Network.TrustRoot, "--max-age", "600", "--out", rotation]);
        string envelope = Path.Combine(folder, "forged-rotation.envelope.json");
        await File.WriteAllBytesAsync(envelope, Forgery.Of(await cast.Maintainers.ApproveAsync(rotation, Maintainers.Required - 1)));
        await MustRefuseAsync(envelope, "wrong-signature", withPayload: false);
        return "the nodes keep the root they have: wrong-signature";
    }

    public async Task<string> SignWithTooFewAsync()
    {
        string request = await cast.Maintainers.ApproveAsync(await cast.Desk.NewReleaseAsync("1.2.0"), Maintainers.Required - 1);
        string envelope = Path.Combine(folder, "forged.envelope.json");
        await stage.RunAsync(ChildProgram.Share, ["sign", "combine", "--dir", request, "--out", envelope], ExitCode.Refused);

        // Whoever holds too few approvals can still dress one up as the group's signature, and hand that in.
        await File.WriteAllBytesAsync(envelope, Forgery.Of(request));
        await MustRefuseAsync(envelope, "wrong-signature");
        return "our tool refuses to combine them, and the nodes refuse what another tool might make of them";
    }

    public async Task<string> ReplayFromElsewhereAsync()
    {
        string release = await cast.Desk.NewReleaseAsync("2.0.0");
        string staging = Path.Combine(folder, "staging-2.0.0.json");
        string text = await File.ReadAllTextAsync(release);
        await File.WriteAllTextAsync(staging, text.Replace(Release.Origin, "staging.example.org/linux", StringComparison.Ordinal), new UTF8Encoding(false));

        await MustRefuseAsync(await cast.Maintainers.SignAsync(staging), "wrong-origin");
        return "properly signed by three of five, and refused: wrong-origin";
    }

    /// <summary>Three nodes are seized, the fourth is dead, and an endpoint has seen more than they show.</summary>
    public async Task<string> ShowOlderVersionAsync(Endpoint endpoint)
    {
        NodeKeys[] keys = [.. Enumerable.Range(1, 3).Select(node => NodeKeys.Seize(Network.DataOf(node)))];
        for (int node = 0; node < NodeNetwork.Nodes; node++) await Network.StopAsync(node);
        byte[] Shown() => keys.Aggregate(_earlier, (note, key) => key.SignCheckpoint(note, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        await using (new LyingMirrors(Network, keys.Select((key, i) => (i + 1, (Lie)new OldCheckpoint(Shown, key)))))
        {
            JsonElement refused = await endpoint.AgentAsync(ExitCode.Refused, "check");
            Stage.Must(Faults(refused).Contains("checkpoint-rolled-back"), $"the agent should say checkpoint-rolled-back: {refused}");
        }

        foreach (NodeKeys key in keys) key.Dispose();
        await Network.StartAsync();
        return "attested anew by three stolen keys, and refused: checkpoint-rolled-back";
    }

    public async Task<string> InstallRevokedAsync(string version)
    {
        await cast.Desk.RevokeAsync(version);
        Endpoint endpoint = await cast.NewEndpointAsync();
        JsonElement refused = await endpoint.AgentAsync(ExitCode.Refused, "install");
        Stage.Must(Faults(refused).Contains("release-revoked"), $"the agent should say release-revoked: {refused}");
        return "the same map that offers it says so: release-revoked";
    }

    /// <summary>Every wire carries yesterday's certificate to an endpoint, and no node can be reached.</summary>
    public async Task<string> FreezeAsync(Endpoint endpoint)
    {
        byte[] recorded = await Network.CheckpointAsync(0);
        for (int node = 0; node < NodeNetwork.Nodes; node++) await Network.StopAsync(node);
        await Task.Delay(ReleaseDesk.MaxAge + TimeSpan.FromSeconds(1), stage.Cancellation);
        await using (new LyingMirrors(Network, Enumerable.Range(0, NodeNetwork.Nodes).Select(node => (node, (Lie)new OldCheckpoint(() => recorded)))))
        {
            JsonElement refused = await endpoint.AgentAsync(ExitCode.NoQuorum, "check");
            Stage.Must(Faults(refused).Contains("checkpoint-stale"), $"the agent should say checkpoint-stale: {refused}");
        }

        await Network.StartAsync();
        return $"a quorum's signatures, {ReleaseDesk.MaxAge.TotalSeconds:0} s old: checkpoint-stale, shown and not taken for silence";
    }

    private async Task MustHaveAsync(Endpoint endpoint) =>
        Stage.Must(await endpoint.HasAsync(payload), "the installed file is not the published one");

    private async Task MustRefuseAsync(string envelope, string refusal, bool withPayload = true)
    {
        ChildResult answer = await cast.Desk.SubmitAsync([envelope], ExitCode.Refused, withPayload);
        Stage.Must(answer.Output.Contains(refusal, StringComparison.Ordinal), $"the nodes should say {refusal}: {answer.Said}");
    }

    // What a report says against nodes, and its own error.
    private static HashSet<string> Faults(JsonElement report)
    {
        var faults = new HashSet<string>();
        if (report.TryGetProperty("error", out JsonElement error)) faults.Add(Text(error, "name"));
        foreach (string lines in new[] { "failures", "answers" })
        {
            if (report.TryGetProperty(lines, out JsonElement nodes)) faults.UnionWith(nodes.EnumerateArray().Select(node => Text(node, "what")));
        }

        return faults;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
