using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Downloads;

/// <summary>
/// The verity tree of an artifact, from whichever node gives it first: all of it is checked against the digest that the
/// release attests. Nothing can be fetched without it, so a node that is slow with it is not waited for but gets company.
/// </summary>
internal sealed class TreeFetch(NodeClient nodes, DownloadLimits limits, TimeProvider clock)
{
    private readonly List<(int Node, NodeFault Fault)> _faults = [];
    private long _received;

    /// <summary>What nodes did that gave no tree, or another one; those that were merely slower are not among them.</summary>
    public IReadOnlyList<(int Node, NodeFault Fault)> Faults => _faults;

    /// <param name="artifact">Of a verified release.</param>
    /// <param name="order">Nodes in the order in which they are asked.</param>
    /// <param name="stop">Ends all requests and throws.</param>
    /// <returns>Null when no node gave it.</returns>
    public async Task<VerityTree?> Run(Artifact artifact, IReadOnlyList<int> order, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var waiting = new Queue<int>(order);
        var asked = new List<Task<(int Node, VerityTree? Tree, NodeFault? Fault)>>();
        try
        {
            while (waiting.Count + asked.Count > 0)
            {
                if (IsSlow(asked.Count) && waiting.TryDequeue(out int next)) asked.Add(Ask(next, artifact, end.Token));
                await Task.WhenAny([.. asked, Task.Delay(limits.TreePatience, clock, stop)]);
                stop.ThrowIfCancellationRequested();
                foreach (var answer in asked.Where(one => one.IsCompleted).ToList())
                {
                    asked.Remove(answer);
                    var (node, tree, fault) = await answer;
                    if (tree is not null) return tree;

                    _faults.Add((node, fault!));
                }
            }

            return null;
        }
        finally
        {
            await end.CancelAsync();
            await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Since the last look: so that a trickle counts as silence, and a tree that is on its way is not fetched twice.
    private bool IsSlow(int asked)
    {
        long received = Interlocked.Exchange(ref _received, 0);
        return asked == 0 || received < limits.MinimumRate * limits.TreePatience.TotalSeconds;
    }

    private async Task<(int Node, VerityTree? Tree, NodeFault? Fault)> Ask(int node, Artifact artifact, CancellationToken stop)
    {
        long size = (long)artifact.Size;
        var reply = await nodes.Tree(
            node, artifact.Sha256, VerityTree.LengthOf(size), count => Interlocked.Add(ref _received, count), stop);
        if (!reply.TryGet(out byte[]? bytes, out var fault)) return (node, null, fault);

        return VerityTree.TryRead(bytes, size, artifact.FsVerity, out var tree)
            ? (node, tree, null)
            : (node, null, new NodeFault(FaultKind.AlteredTree, "the tree does not lead to the attested digest"));
    }
}
