using SupplyChain.Protocol;
using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.EndToEnd.Tests;

/// <summary>
/// Keeps every certified checkpoint it was ever shown by any node, and holds all of them against each other: each is a
/// prefix of the next, by proofs made of the tiles that are served.
/// </summary>
internal sealed class WatchedLog(NodeProcesses network)
{
    private readonly SortedDictionary<ulong, Checkpoint> _seen = [];

    /// <summary>Notes what each running node serves now.</summary>
    public async Task LookAsync()
    {
        foreach (var node in network.Nodes.Where(node => node.IsRunning))
        {
            try
            {
                if (await new ServedLog(node.Http).CheckpointAsync() is { } checkpoint) See(node, checkpoint);
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                // It is starting.
            }
        }
    }

    /// <summary>
    /// Waits until all nodes, or these, have certified the statements; then they serve one checkpoint, and everything
    /// ever seen is a prefix of it.
    /// </summary>
    public async Task AgreesOnAsync(IReadOnlyList<Digest> statements, IEnumerable<NodeProcess>? among = null)
    {
        NodeProcess[] nodes = [.. among ?? network.Nodes];
        foreach (var node in nodes)
        {
            foreach (var id in statements)
                await NodeProcesses.EventuallyAsync(node, async () => await NodeProcesses.StatusAsync(node, id) == "certified");
        }

        var newest = await NodeProcesses.CertifiedAsync(nodes[0]);
        foreach (var node in nodes)
        {
            var checkpoint = await NodeProcesses.CertifiedAsync(node, newest.Size.Value);
            See(node, checkpoint);
            Assert.Equal(newest.Root, checkpoint.Root);
            await AssertPrefixesAsync(node);
        }
    }

    private void See(NodeProcess node, Checkpoint checkpoint)
    {
        if (_seen.TryGetValue(checkpoint.Size.Value, out var known))
            Assert.True(known.Root == checkpoint.Root, $"{node.Name} certifies another tree of size {checkpoint.Size}.");
        else
            _seen.Add(checkpoint.Size.Value, checkpoint);
    }

    private async Task AssertPrefixesAsync(NodeProcess node)
    {
        var log = new ServedLog(node.Http);
        foreach (var (older, newer) in _seen.Values.Zip(_seen.Values.Skip(1)))
            Assert.True(await log.ExtendsAsync(older, newer), $"{older.Size} is no prefix of {newer.Size}.");
    }
}
