using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Tests.Kit.Processes;

/// <summary>What a node serves of its log, read as any stranger reads it: checkpoints, and hashes from its tiles.</summary>
public sealed class ServedLog(HttpClient node)
{
    /// <summary>The certified checkpoint; null while the node has none.</summary>
    public async Task<Checkpoint?> CheckpointAsync()
    {
        using var answer = await node.GetAsync("/checkpoint");
        if (!answer.IsSuccessStatusCode) return null;

        byte[] note = await answer.Content.ReadAsByteArrayAsync();
        return SignedNote.TryParse(note, out var signed) && Checkpoint.TryParse(signed.Text, out var checkpoint)
            ? checkpoint
            : throw new InvalidDataException($"{node.BaseAddress} serves something else than a checkpoint.");
    }

    /// <summary>Whether one checkpoint is a prefix of another, by a proof made of this node's tiles.</summary>
    public async Task<bool> ExtendsAsync(Checkpoint older, Checkpoint newer)
    {
        if (older.Size == newer.Size) return older.Root == newer.Root;

        var hashes = new Tiles(node, newer.Size);
        var proof = await Task.Run(() => ProofBuilder.Consistency(hashes, older.Size, newer.Size));
        return proof.Verify(older.Root, newer.Root);
    }

    // The proof's builder asks one hash after the other, and waits for each.
    private sealed class Tiles(HttpClient node, TreeSize size) : IHashSource
    {
        private readonly Dictionary<Tile, byte[]> _read = [];

        public Digest NodeAt(int level, ulong index)
        {
            var tile = Tile.Containing(level, index, size);
            if (!_read.TryGetValue(tile, out byte[]? bytes))
                _read.Add(tile, bytes = node.GetByteArrayAsync("/" + tile.Path).GetAwaiter().GetResult());
            return tile.NodeFrom(bytes, level, index);
        }
    }
}
