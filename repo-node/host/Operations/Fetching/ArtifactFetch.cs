using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Fetching;

/// <summary>
/// One artifact on its way here, in as many attempts as it takes: first the verity tree, which the release's fsverity digest
/// checks, then pieces, each checked by the tree before it is kept. What is kept stays from one attempt to the next, and
/// over restarts. One attempt at a time.
/// </summary>
internal sealed class ArtifactFetch(Artifact artifact, ArtifactStore store, Sources sources, RangeClient client)
{
    private const int PiecesAtOnce = 4;

    private readonly HashSet<Source> _lacking = [];

    public Artifact Artifact => artifact;

    /// <summary>Pieces from the beginning on that are on the disk.</summary>
    public int Verified { get; private set; }

    private string Path => $"/artifact/sha256/{artifact.Sha256}";

    /// <summary>Gets what can be got now.</summary>
    /// <returns>True when the artifact is whole here, whoever brought it.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task<bool> TryAsync(CancellationToken stop)
    {
        _lacking.Clear();
        using var writer = store.TryFetch(artifact.Sha256);
        if (writer is null || await TreeAsync(stop) is not { } tree) return false;

        Verified = writer.KeepPieces(tree, Verified);
        if (!await TakePiecesAsync(tree, writer, stop)) return store.Find(artifact.Sha256) is not null;
        if (writer.TryComplete()) return true;

        // A statement whose two digests are of different bytes, or a disk that changed some.
        Verified = 0;
        return false;
    }

    // A large tree is kept as well: it takes as long as many pieces do.
    private async Task<VerityTree?> TreeAsync(CancellationToken stop)
    {
        if (store.FetchedTreeOf(artifact) is { } kept) return kept;

        int length = VerityTree.LengthOf((long)artifact.Size);
        VerityTree? tree = null;
        if (length == 0) return Fits([]) ? tree : null;

        await sources.GetAsync(source => client.GetAsync(source, $"{Path}/tree", 0, length, stop), Fits, _lacking);
        if (tree is not null && length > VerityTree.PieceSize) store.KeepFetchedTree(artifact, tree);
        return tree;

        bool Fits(byte[] bytes) => VerityTree.TryRead(bytes, (long)artifact.Size, artifact.FsVerity, out tree);
    }

    // Pieces come from different nodes at the same time and are kept in their order.
    private async Task<bool> TakePiecesAsync(VerityTree tree, ArtifactWriter writer, CancellationToken stop)
    {
        var coming = new Queue<Task<byte[]?>>();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            for (int next = Verified; Verified < tree.PieceCount; Verified++)
            {
                while (coming.Count < PiecesAtOnce && next < tree.PieceCount)
                    coming.Enqueue(PieceAsync(tree, next++, given.Token));

                // An upload may have brought the whole meanwhile.
                if (await coming.Dequeue() is not { } bytes || store.Find(artifact.Sha256) is not null) return false;
                await writer.AppendAsync(bytes, stop);
            }

            return true;
        }
        finally
        {
            await given.CancelAsync();
            await ((Task)Task.WhenAll(coming)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<byte[]?> PieceAsync(VerityTree tree, int piece, CancellationToken stop)
    {
        long offset = (long)piece * VerityTree.PieceSize;
        return sources.GetAsync(
            source => client.GetAsync(source, Path, offset, tree.PieceLength(piece), stop),
            bytes => tree.VerifyPiece(piece, bytes), _lacking);
    }
}
