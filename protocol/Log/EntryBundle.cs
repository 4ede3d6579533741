using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>
/// Where up to 256 consecutive entries stand (C2SP tlog-tiles): those whose leaf hashes the tile of level 0 with the
/// same index holds. Its data are <c>u16 length ‖ entry</c>, one after the other.
/// </summary>
public readonly record struct EntryBundle
{
    private const string Prefix = "tile/entries/";

    /// <exception cref="ArgumentOutOfRangeException">No tree within our limits has such a bundle.</exception>
    public EntryBundle(ulong index, int width)
    {
        var leaves = new Tile(0, index, width);
        Index = leaves.Index;
        Width = leaves.Width;
    }

    /// <summary>From the left, from 0.</summary>
    public ulong Index { get; }

    /// <summary>Entries it holds, 1 to 256.</summary>
    public int Width { get; }

    /// <summary><c>tile/entries/&lt;N&gt;[.p/&lt;W&gt;]</c>, below the log's URL.</summary>
    public string Path => Prefix + TilePath.Encode(Index, Width);

    public static bool TryParsePath(ReadOnlySpan<char> path, out EntryBundle bundle)
    {
        bundle = default;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (!TilePath.TryParse(path[Prefix.Length..], out ulong index, out int width)) return false;
        if (index * Tile.FullWidth + (uint)width > Limits.MaxTreeSize) return false;

        bundle = new EntryBundle(index, width);
        return true;
    }

    /// <summary>The bundle, as wide as it is in a tree of this size, that holds the entry.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The entry is not in the tree.</exception>
    public static EntryBundle Containing(ulong entry, TreeSize size)
    {
        var leaves = Tile.Containing(0, entry, size);
        return new EntryBundle(leaves.Index, leaves.Width);
    }

    /// <summary>A bundle's data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// An entry has more than <see cref="Limits.MaxEntrySize"/> bytes.
    /// </exception>
    public static byte[] Encode(IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        var writer = new ByteWriter();
        foreach (var entry in entries) writer.Bytes16(entry.Span);
        return writer.ToArray();
    }

    /// <summary>Takes exactly <see cref="Width"/> entries.</summary>
    public bool TryRead(ReadOnlySpan<byte> data, out IReadOnlyList<byte[]> entries)
    {
        entries = [];
        var read = new List<byte[]>(Width);
        var reader = new ByteReader(data);
        for (int i = 0; i < Width; i++)
        {
            if (!reader.TryBytes16(Limits.MaxEntrySize, out var entry)) return false;
            read.Add(entry.ToArray());
        }

        if (!reader.AtEnd) return false;
        entries = read;
        return true;
    }
}
