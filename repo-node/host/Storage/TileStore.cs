using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// The log as files under their URL paths (C2SP tlog-tiles). A full tile never changes; of a partial one only the
/// widest is kept, and every narrower one is its beginning. One thread extends; any number read.
/// </summary>
internal sealed class TileStore(NodeFiles files)
{
    /// <summary>
    /// Adds entries behind the first <paramref name="oldSize"/>; doing it again gives the same files. When it returns,
    /// they are on the disk.
    /// </summary>
    public void Append(TreeSize oldSize, IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        var newSize = new TreeSize(oldSize.Value + (ulong)entries.Count);
        foreach (var tile in Tile.Added(oldSize, newSize))
        {
            ulong start = tile.Index * Tile.FullWidth;
            ulong held = oldSize.Value >> (tile.Level * Tile.Height);
            int kept = held > start ? (int)(held - start) : 0;
            if (tile.Level == 0)
            {
                var added = entries.Skip((int)(start + (ulong)kept - oldSize.Value)).Take(tile.Width - kept).ToList();
                var hashes = added.SelectMany(entry => LeafHash.Of(entry.Span).ToArray());
                Write(tile.Path, tile.Width, [.. Beginning(tile, kept), .. hashes]);
                WriteBundle(new EntryBundle(tile.Index, tile.Width), kept, added);
            }
            else
            {
                Write(tile.Path, tile.Width, [.. Beginning(tile, kept), .. Roots(tile, kept)]);
            }
        }
    }

    /// <summary>A tile's data; null when the node does not hold that many hashes of it.</summary>
    public byte[]? Read(Tile tile) =>
        ReadWidest(tile.Path, tile.Width, new Tile(tile.Level, tile.Index, Tile.FullWidth).Path)?[..tile.ByteLength];

    /// <summary>A bundle's data; null when the node does not hold that many entries of it.</summary>
    public byte[]? Read(EntryBundle bundle)
    {
        byte[]? data = ReadWidest(bundle.Path, bundle.Width, new EntryBundle(bundle.Index, Tile.FullWidth).Path);
        return data?[..LengthOf(data, bundle.Width)];
    }

    /// <summary>One entry of a tree of that size.</summary>
    public byte[] Entry(ulong index, TreeSize size)
    {
        var bundle = EntryBundle.Containing(index, size);
        byte[]? data = Read(bundle);
        Invariant.Holds(data is not null, "the entries of the log are on the disk");
        Invariant.Holds(bundle.TryRead(data, out var entries), "a bundle holds its entries");
        return entries[(int)(index % Tile.FullWidth)];
    }

    /// <summary>The hashes of a tree of that size, for proofs.</summary>
    public IHashSource At(TreeSize size) => new HashesAt(this, size);

    private byte[] Beginning(Tile tile, int width)
    {
        if (width == 0) return [];

        byte[]? data = Read(new Tile(tile.Level, tile.Index, width));
        Invariant.Holds(data is not null, "the tiles of the log are on the disk");
        return data;
    }

    // The hashes of a higher tile are the roots of the full tiles one level below.
    private IEnumerable<byte> Roots(Tile tile, int first)
    {
        for (int i = first; i < tile.Width; i++)
        {
            var below = new Tile(tile.Level - 1, tile.Index * Tile.FullWidth + (ulong)i, Tile.FullWidth);
            byte[] hashes = Beginning(below, Tile.FullWidth);
            var root = Frontier.Empty;
            for (int at = 0; at < hashes.Length; at += Digest.Size)
                root = root.Append(new Digest(hashes.AsSpan(at, Digest.Size)));
            foreach (byte b in root.Root.ToArray()) yield return b;
        }
    }

    private void WriteBundle(EntryBundle bundle, int kept, IReadOnlyList<ReadOnlyMemory<byte>> added)
    {
        byte[] beginning = [];
        if (kept > 0)
        {
            byte[]? data = Read(new EntryBundle(bundle.Index, kept));
            Invariant.Holds(data is not null, "the entries of the log are on the disk");
            beginning = data;
        }

        Write(bundle.Path, bundle.Width, [.. beginning, .. EntryBundle.Encode(added)]);
    }

    private void Write(string urlPath, int width, byte[] data)
    {
        string path = files.Served(urlPath);
        string directory = Path.GetDirectoryName(path)!;
        DurableFile.CreateDirectory(directory, DurableFile.PublicDirectory);
        DurableFile.Write(path, data, DurableFile.Public);

        if (width == Tile.FullWidth)
        {
            if (Directory.Exists(path + ".p")) Directory.Delete(path + ".p", recursive: true);
            return;
        }

        foreach (string other in Directory.EnumerateFiles(directory))
        {
            if (WidthOf(other) < width) File.Delete(other);
        }
    }

    // Between looking and reading, the writer may put a wider file in the place of one: then look again.
    private byte[]? ReadWidest(string urlPath, int width, string fullUrlPath)
    {
        string full = files.Served(fullUrlPath);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                if (File.Exists(full)) return File.ReadAllBytes(full);
                if (width == Tile.FullWidth) return null;

                string directory = Path.GetDirectoryName(files.Served(urlPath))!;
                if (!Directory.Exists(directory)) return null;

                string? widest = Directory.EnumerateFiles(directory).MaxBy(WidthOf);
                return widest is not null && WidthOf(widest) >= width ? File.ReadAllBytes(widest) : null;
            }
            catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
            {
                // The next attempt sees the wider file.
            }
        }

        return null;
    }

    private static int WidthOf(string path) =>
        StrictDecimal.TryDecode(Path.GetFileName(path), out ulong width) && width < Tile.FullWidth ? (int)width : 0;

    private static int LengthOf(ReadOnlySpan<byte> bundle, int entries)
    {
        int length = 0;
        for (int i = 0; i < entries; i++)
        {
            length += 2 + System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(bundle[length..]);
        }

        return length;
    }

    private sealed class HashesAt(TileStore store, TreeSize size) : IHashSource
    {
        public Digest NodeAt(int level, ulong index)
        {
            var tile = Tile.Containing(level, index, size);
            byte[]? data = store.Read(tile);
            Invariant.Holds(data is not null, "the tiles of the log are on the disk");
            return tile.NodeFrom(data, level, index);
        }
    }
}
