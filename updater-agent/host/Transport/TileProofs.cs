using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.UpdaterAgent.Core;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>What a node's tiles show of a smaller tree in a larger one.</summary>
/// <param name="Root">Of the smaller size.</param>
/// <param name="Proof">From there to the larger.</param>
internal sealed record TileConsistency(Digest Root, ConsistencyProof Proof);

/// <summary>
/// Consistency proofs computed here from a node's tiles (docs/protocol.md §7 steps 4 and 5). They are not checked here.
/// </summary>
internal sealed class TileProofs(NodeClient nodes)
{
    /// <summary>From the tiles of a node whose log has <paramref name="newSize"/> leaves or more.</summary>
    public async Task<Reply<TileConsistency>> Consistency(int node, TreeSize oldSize, TreeSize newSize, CancellationToken stop)
    {
        // A proof's shape depends on the sizes alone: a first pass over nothing tells which tiles hold its hashes.
        var needed = new Needed(newSize);
        ProofBuilder.Root(needed, oldSize);
        ProofBuilder.Consistency(needed, oldSize, newSize);

        var fetched = await Task.WhenAll(needed.Tiles.Select(async tile =>
            (tile, reply: await nodes.Tile(node, tile.Path, tile.ByteLength, stop))));

        var data = new Dictionary<Tile, byte[]>();
        foreach (var (tile, reply) in fetched)
        {
            if (!reply.TryGet(out byte[]? bytes, out var fault)) return Reply<TileConsistency>.Failed(fault);
            if (bytes.Length != tile.ByteLength)
            {
                return Reply<TileConsistency>.Failed(new NodeFault(FaultKind.Truncated, tile.Path));
            }

            data.Add(tile, bytes);
        }

        var tree = new Fetched(newSize, data);
        return Reply<TileConsistency>.Of(new TileConsistency(
            ProofBuilder.Root(tree, oldSize), ProofBuilder.Consistency(tree, oldSize, newSize)));
    }

    private sealed class Needed(TreeSize size) : IHashSource
    {
        public HashSet<Tile> Tiles { get; } = [];

        public Digest NodeAt(int level, ulong index)
        {
            Tiles.Add(Tile.Containing(level, index, size));
            return default;
        }
    }

    private sealed class Fetched(TreeSize size, Dictionary<Tile, byte[]> data) : IHashSource
    {
        public Digest NodeAt(int level, ulong index)
        {
            var tile = Tile.Containing(level, index, size);
            return tile.NodeFrom(data[tile], level, index);
        }
    }
}
