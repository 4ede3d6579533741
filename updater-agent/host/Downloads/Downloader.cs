using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Downloads;

/// <summary>Brings one artifact of a verified release here, from all nodes at once (docs/protocol.md §7 step 11).</summary>
internal sealed class Downloader(NodeClient nodes, DownloadFolder folder, DownloadLimits limits, TimeProvider clock)
{
    /// <param name="artifact">Of a verified release.</param>
    /// <param name="order">Nodes in the order to ask for the tree.</param>
    /// <param name="progress">Told after every piece.</param>
    /// <param name="stop">Ends the download; what is kept stays for the next run.</param>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public async Task<DownloadResult> Run(
        Artifact artifact, IReadOnlyList<int> order, IDownloadProgress progress, CancellationToken stop)
    {
        long start = clock.GetTimestamp();
        string path = folder.ArtifactPath(artifact.Sha256);
        folder.MakeRoomFor(artifact.Sha256);

        var (tree, faults) = await Tree(artifact, order, stop);
        if (tree is null)
        {
            var blamed = Plan(new PieceSet(VerityTree.PieceCountOf((long)artifact.Size)), faults);
            return new DownloadResult(DownloadOutcome.Incomplete, path, 0, 0, clock.GetElapsedTime(start), blamed.Conduct);
        }

        using var file = PieceFile.Open(path, tree);
        var kept = file.Kept();
        long resumed = BytesOf(kept, tree);
        var plan = Plan(kept, faults);
        progress.Report(resumed, tree.Size);
        var fetch = new PieceFetch(nodes, artifact.Sha256, tree, file);
        await new DownloadLoop(plan, fetch, clock).Run(() => progress.Report(BytesOf(kept, tree), tree.Size), stop);

        var outcome = !plan.IsComplete ? DownloadOutcome.Incomplete
            : file.Seal() == artifact.Sha256 ? DownloadOutcome.Whole
            : DownloadOutcome.DigestsDisagree;
        return new DownloadResult(outcome, path, BytesOf(kept, tree) - resumed, resumed, clock.GetElapsedTime(start), plan.Conduct);
    }

    // A stored tree is checked as one from a node is.
    private async Task<(VerityTree? Tree, IReadOnlyList<(int Node, NodeFault Fault)> Faults)> Tree(
        Artifact artifact, IReadOnlyList<int> order, CancellationToken stop)
    {
        string path = folder.TreePath(artifact.Sha256);
        byte[] stored = File.Exists(path) ? await File.ReadAllBytesAsync(path, stop) : [];
        if (VerityTree.TryRead(stored, (long)artifact.Size, artifact.FsVerity, out var tree)) return (tree, []);

        var fetch = new TreeFetch(nodes, limits, clock);
        tree = await fetch.Run(artifact, order, stop);
        if (tree is not null) await File.WriteAllBytesAsync(path, tree.Bytes.ToArray(), stop);
        return (tree, fetch.Faults);
    }

    private DownloadPlan Plan(PieceSet kept, IReadOnlyList<(int Node, NodeFault Fault)> faults)
    {
        var plan = new DownloadPlan(kept, nodes.Count, limits);
        foreach (var (node, fault) in faults) plan.Blame(node, fault, TimeSpan.Zero);
        return plan;
    }

    private static long BytesOf(PieceSet kept, VerityTree tree)
    {
        if (kept.Count == 0) return 0;

        // All pieces are of one length but the last.
        int last = kept.Total - 1;
        long missing = kept.Contains(last) ? VerityTree.PieceSize - tree.PieceLength(last) : 0;
        return (long)kept.Count * VerityTree.PieceSize - missing;
    }
}
