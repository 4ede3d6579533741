using System.Text.Json;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>
/// Every wire of an endpoint is the attacker's, who lets it hear recordings only. The nodes are off, and stay so.
/// </summary>
/// <param name="network">The nodes.</param>
/// <param name="stage">Where programs run.</param>
internal sealed class Eclipse(NodeNetwork network, Stage stage)
{
    private Recording _old, _late;

    /// <summary>Records what the network shows now, to show it when there is something newer.</summary>
    public async Task RecordOldAsync() => _old = await RecordAsync();

    /// <summary>Records what the network shows now, to show it when it is stale.</summary>
    public async Task RecordLateAsync() => _late = await RecordAsync();

    /// <summary>Three of four nodes' keys are stolen, and an endpoint has seen more than they show.</summary>
    public async Task<string> ShowOlderVersionAsync(Endpoint endpoint)
    {
        for (int node = 0; node < NodeNetwork.Nodes; node++) await network.StopAsync(node);
        NodeKeys[] keys = [.. Enumerable.Range(1, 3).Select(node => NodeKeys.Seize(network.DataOf(node)))];
        byte[] Shown() => keys.Aggregate(_old.Checkpoint, (note, key) => key.SignCheckpoint(note, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        await using (new LyingMirrors(network, keys.Select((key, i) => (i + 1, (Lie)new OldCheckpoint(Shown, key)))))
            await MustRefuseAsync(endpoint, ExitCode.Refused, "checkpoint-rolled-back");

        foreach (NodeKeys key in keys) key.Dispose();
        return "attested anew by three stolen keys, and refused: checkpoint-rolled-back";
    }

    /// <summary>No key is stolen: a quorum did sign this, once.</summary>
    public async Task<string> FreezeAsync(Endpoint endpoint)
    {
        TimeSpan left = _late.At + ReleaseDesk.MaxAge + TimeSpan.FromSeconds(1) - Now;
        if (left > TimeSpan.Zero) await Task.Delay(left, stage.Cancellation);
        await using (new LyingMirrors(network, Enumerable.Range(0, NodeNetwork.Nodes).Select(node => (node, (Lie)new OldCheckpoint(() => _late.Checkpoint)))))
            await MustRefuseAsync(endpoint, ExitCode.NoQuorum, "checkpoint-stale");

        return $"a quorum's signatures, more than {ReleaseDesk.MaxAge.TotalSeconds:0} s old: checkpoint-stale, shown and not taken for silence";
    }

    private static TimeSpan Now => TimeSpan.FromMilliseconds(Environment.TickCount64);

    private async Task<Recording> RecordAsync() => new(await network.CheckpointAsync(0), Now);

    private static async Task MustRefuseAsync(Endpoint endpoint, ExitCode expected, string fault)
    {
        JsonElement refused = await endpoint.AgentAsync(expected, "check");
        Stage.Must(Findings.Of(refused).Contains(fault), $"the agent should say {fault}: {refused}");
    }

    /// <param name="Checkpoint">What a node served.</param>
    /// <param name="At">When, by the steady clock.</param>
    private readonly record struct Recording(byte[] Checkpoint, TimeSpan At);
}
