using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>Reads an entry and its inclusion proof from the tiles that any one node serves; the checkpoint decides what is true.</summary>
internal sealed class LogReader(NodeClient node, Checkpoint checkpoint)
{
    /// <summary>True when exactly these bytes stand at the index, in the tree of the checkpoint.</summary>
    public async Task<bool> IncludesAsync(ulong index, byte[] entry, CancellationToken cancellation)
    {
        if (index >= checkpoint.Size.Value) return false;

        // First find out which tiles the proof needs, then fetch these.
        var needed = new NeededTiles(checkpoint.Size);
        _ = ProofBuilder.Inclusion(needed, index, checkpoint.Size);
        var tiles = new Dictionary<Tile, byte[]>();
        foreach (var tile in needed.Tiles)
        {
            if (await FetchAsync(tile, cancellation).ConfigureAwait(false) is not { } data) return false;
            tiles.Add(tile, data);
        }

        var proof = ProofBuilder.Inclusion(new FetchedTiles(tiles, checkpoint.Size), index, checkpoint.Size);
        return proof.Verify(LeafHash.Of(entry), checkpoint.Root);
    }

    private async Task<byte[]?> FetchAsync(Tile tile, CancellationToken cancellation)
    {
        // Once the full tile is there, a node may drop the partial one; its first hashes are the same.
        byte[]? data = await node.TryTileAsync(tile.Path, cancellation).ConfigureAwait(false)
            ?? await node.TryTileAsync(new Tile(tile.Level, tile.Index, Tile.FullWidth).Path, cancellation).ConfigureAwait(false);
        return data is null || data.Length < tile.ByteLength ? null : data[..tile.ByteLength];
    }

    private sealed class NeededTiles(TreeSize size) : IHashSource
    {
        public HashSet<Tile> Tiles { get; } = [];

        public Digest NodeAt(int level, ulong index)
        {
            Tiles.Add(Tile.Containing(level, index, size));
            return default;
        }
    }

    private sealed class FetchedTiles(Dictionary<Tile, byte[]> tiles, TreeSize size) : IHashSource
    {
        public Digest NodeAt(int level, ulong index)
        {
            var tile = Tile.Containing(level, index, size);
            return tile.NodeFrom(tiles[tile], level, index);
        }
    }
}
