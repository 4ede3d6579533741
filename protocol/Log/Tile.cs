using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>
/// Where a tile stands (C2SP tlog-tiles): up to 256 consecutive hashes of the tree's level 8 · <see cref="Level"/>. Its
/// data are these hashes, one after the other; the levels between are computed. Partial tiles stand only at the right
/// edge.
/// </summary>
public readonly record struct Tile
{
    /// <summary>Levels of the tree that one tile spans.</summary>
    public const int Height = 8;

    /// <summary>Hashes of a full tile.</summary>
    public const int FullWidth = 1 << Height;

    private const string Prefix = "tile/";

    /// <exception cref="ArgumentOutOfRangeException">No tree within our limits has such a tile.</exception>
    public Tile(int level, ulong index, int width)
    {
        if (!IsWithinLimits(level, index, width))
            throw new ArgumentOutOfRangeException(nameof(index), "No tree has this tile.");

        Level = level;
        Index = index;
        Width = width;
    }

    /// <summary>0 to <see cref="Limits.MaxTileLevel"/>; level 0 holds leaf hashes.</summary>
    public int Level { get; }

    /// <summary>From the left within the level, from 0.</summary>
    public ulong Index { get; }

    /// <summary>Hashes it holds, 1 to 256.</summary>
    public int Width { get; }

    /// <summary>Bytes of its data.</summary>
    public int ByteLength => Width * Digest.Size;

    /// <summary><c>tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]</c>, below the log's URL.</summary>
    public string Path => $"{Prefix}{StrictDecimal.Encode((ulong)Level)}/{TilePath.Encode(Index, Width)}";

    public static bool TryParsePath(ReadOnlySpan<char> path, out Tile tile)
    {
        tile = default;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal)) return false;

        path = path[Prefix.Length..];
        int slash = path.IndexOf('/');
        if (slash < 0 || !StrictDecimal.TryDecode(path[..slash], out ulong level)) return false;
        if (level > Limits.MaxTileLevel) return false;
        if (!TilePath.TryParse(path[(slash + 1)..], out ulong index, out int width)) return false;
        if (!IsWithinLimits((int)level, index, width)) return false;

        tile = new Tile((int)level, index, width);
        return true;
    }

    /// <summary>
    /// The tile, as wide as it is in a tree of this size, from which the complete subtree (level, index) is computed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The subtree is not complete in this tree.</exception>
    public static Tile Containing(int level, ulong index, TreeSize size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size.Value >> level);

        int tileLevel = level / Height;
        ulong tileIndex = index >> (Height - level % Height);
        return new Tile(tileLevel, tileIndex, WidthIn(tileLevel, tileIndex, size));
    }

    /// <summary>
    /// The tiles that a tree of <paramref name="newSize"/> has and one of <paramref name="oldSize"/> has not, leaves
    /// first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The new size is smaller.</exception>
    public static IReadOnlyList<Tile> Added(TreeSize oldSize, TreeSize newSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);

        var added = new List<Tile>();
        for (int level = 0; level <= Limits.MaxTileLevel; level++)
        {
            ulong oldHashes = oldSize.Value >> (level * Height), newHashes = newSize.Value >> (level * Height);
            if (oldHashes == newHashes) break;

            for (ulong index = oldHashes >> Height; index << Height < newHashes; index++)
            {
                added.Add(new Tile(level, index, WidthIn(level, index, newSize)));
            }
        }

        return added;
    }

    /// <summary>The root of the complete subtree (level, index), from the data of a tile that contains it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The tile does not contain it, or the data are not a tile's.
    /// </exception>
    public Digest NodeFrom(ReadOnlySpan<byte> data, int level, ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(data.Length, ByteLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(level / Height, Level);

        int depth = level % Height;
        ArgumentOutOfRangeException.ThrowIfNotEqual(index >> (Height - depth), Index);
        int first = (int)(index & (ulong)((FullWidth >> depth) - 1)) << depth;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + (1 << depth), Width);

        return Subtree(data.Slice(first * Digest.Size, Digest.Size << depth));
    }

    private static Digest Subtree(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == Digest.Size) return new Digest(hashes);

        int half = hashes.Length / 2;
        return NodeHash.Of(Subtree(hashes[..half]), Subtree(hashes[half..]));
    }

    private static int WidthIn(int tileLevel, ulong tileIndex, TreeSize size)
    {
        ulong hashes = (size.Value >> (tileLevel * Height)) - (tileIndex << Height);
        return (int)Math.Min(hashes, FullWidth);
    }

    private static bool IsWithinLimits(int level, ulong index, int width) =>
        level is >= 0 and <= Limits.MaxTileLevel && width is > 0 and <= FullWidth &&
        (UInt128)index * FullWidth + (uint)width <= Limits.MaxTreeSize >> (level * Height);
}
