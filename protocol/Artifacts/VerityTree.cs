using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SupplyChain.Protocol.Artifacts;

/// <summary>
/// The fs-verity Merkle tree of an artifact (docs/protocol.md §9): with it, any piece of 512 KiB from any mirror is
/// checked alone, and a Linux kernel can enforce the same digest. Immutable; pieces may be checked on many threads at
/// once.
/// </summary>
public sealed class VerityTree
{
    /// <summary>Bytes of a block: the smallest part that has a hash.</summary>
    public const int BlockSize = VerityLayout.BlockSize;

    /// <summary>Bytes of a piece, the unit of transfer: the data under one block of the tree's lowest level.</summary>
    public const int PieceSize = BlockSize * VerityLayout.HashesPerBlock;

    private const int DescriptorSize = 256;

    private readonly VerityLayout _layout;
    private readonly byte[] _bytes;

    private VerityTree(long size, VerityLayout layout, byte[] bytes, Digest digest)
    {
        Size = size;
        _layout = layout;
        _bytes = bytes;
        Digest = digest;
    }

    /// <summary>Bytes of the artifact.</summary>
    public long Size { get; }

    /// <summary>The fs-verity digest, which covers size and content.</summary>
    public Digest Digest { get; }

    /// <summary>Every level, laid out as the kernel does; empty for an artifact of at most one block.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public int PieceCount => PieceCountOf(Size);

    /// <summary>Of an artifact of this size.</summary>
    public static int PieceCountOf(long size) => (int)((size + PieceSize - 1) / PieceSize);

    /// <summary>Bytes of the tree of an artifact of this size: what to expect from a mirror.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Not a size within <see cref="Limits.MaxArtifactSize"/>.
    /// </exception>
    public static int LengthOf(long size)
    {
        ThrowIfNotASize(size);
        return new VerityLayout(size).TreeLength;
    }

    /// <summary>
    /// Takes a tree from anywhere, and checks all of it against the attested digest: every block against the hash above
    /// it, the top one against the digest, and that the padding is zero.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, long size, Digest expectedDigest, [NotNullWhen(true)] out VerityTree? tree)
    {
        tree = null;
        if (size is < 0 or > Limits.MaxArtifactSize) return false;

        var layout = new VerityLayout(size);
        if (bytes.Length != layout.TreeLength) return false;

        if (size == 0 && DigestOf(0, default) != expectedDigest) return false;

        // One block: there is no tree, and the digest alone says what the content must be.
        if (layout.LevelCount > 0 && !IsWhole(bytes, size, layout, expectedDigest)) return false;

        tree = new VerityTree(size, layout, bytes.ToArray(), expectedDigest);
        return true;
    }

    /// <summary>
    /// Whether these are the tree of some artifact of this size, every block fitting the hash above it; and the digest of
    /// that artifact. That it is the wanted one is for the caller to know.
    /// </summary>
    /// <returns>False also for a size of at most one block, which has no tree.</returns>
    public static bool IsWhole(ReadOnlySpan<byte> bytes, long size, out Digest digest)
    {
        digest = default;
        if (size is <= BlockSize or > Limits.MaxArtifactSize) return false;

        var layout = new VerityLayout(size);
        if (bytes.Length != layout.TreeLength) return false;

        digest = DigestOf(size, Digest.Of(bytes[..BlockSize]));
        return IsWhole(bytes, size, layout, digest);
    }

    /// <summary>Bytes of a piece; all but the last have <see cref="PieceSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such piece.</exception>
    public int PieceLength(int piece)
    {
        ThrowIfNotAPiece(piece);
        return (int)Math.Min(PieceSize, Size - (long)piece * PieceSize);
    }

    /// <summary>True when these are the bytes of that piece, all of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such piece.</exception>
    public bool VerifyPiece(int piece, ReadOnlySpan<byte> bytes) =>
        bytes.Length == PieceLength(piece) && FindBadBlock(piece, bytes) is null;

    /// <summary>
    /// The first block of the artifact, counted from its start, at which a piece of the right length is wrong; null
    /// when none is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such piece, or it has another length.</exception>
    public int? FindBadBlock(int piece, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, PieceLength(piece));

        Span<byte> hash = stackalloc byte[Digest.Size];
        int block = piece * VerityLayout.HashesPerBlock;
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(BlockSize, bytes.Length)..], block++)
        {
            HashBlock(bytes[..Math.Min(BlockSize, bytes.Length)], hash);
            if (!IsHashOf(block, hash)) return block;
        }

        return null;
    }

    /// <summary>Builds the tree over the hashes of an artifact's blocks.</summary>
    internal static VerityTree FromBlockHashes(long size, ReadOnlySpan<byte> blockHashes)
    {
        var layout = new VerityLayout(size);
        Invariant.Holds(blockHashes.Length == (long)layout.DataBlocks * Digest.Size, "every block has one hash");
        if (layout.LevelCount == 0)
        {
            var root = blockHashes.IsEmpty ? default : new Digest(blockHashes);
            return new VerityTree(size, layout, [], DigestOf(size, root));
        }

        byte[] tree = new byte[layout.TreeLength];
        blockHashes.CopyTo(tree.AsSpan(layout[0].Offset));
        for (int level = 1; level < layout.LevelCount; level++)
        {
            var below = layout[level - 1];
            var hashes = tree.AsSpan(layout[level].Offset, layout[level].HashBytes);
            for (int block = 0; block < below.BlockCount; block++)
            {
                SHA256.HashData(tree.AsSpan(below.BlockOffset(block), BlockSize), hashes[(block * Digest.Size)..]);
            }
        }

        return new VerityTree(size, layout, tree, DigestOf(size, Digest.Of(tree.AsSpan(0, BlockSize))));
    }

    /// <summary>SHA-256 of a block, the last one of a file padded with zeros.</summary>
    internal static void HashBlock(ReadOnlySpan<byte> block, Span<byte> hash)
    {
        if (block.Length == BlockSize)
        {
            SHA256.HashData(block, hash);
            return;
        }

        Span<byte> padded = stackalloc byte[BlockSize];
        padded.Clear();
        block.CopyTo(padded);
        SHA256.HashData(padded, hash);
    }

    private static bool IsWhole(ReadOnlySpan<byte> tree, long size, VerityLayout layout, Digest expectedDigest)
    {
        if (DigestOf(size, Digest.Of(tree[..BlockSize])) != expectedDigest) return false;

        Span<byte> hash = stackalloc byte[Digest.Size];
        for (int level = layout.LevelCount - 1; level >= 0; level--)
        {
            var here = layout[level];
            var hashes = tree.Slice(here.Offset, here.HashBytes);
            var padding = tree[(here.Offset + here.HashBytes)..here.BlockOffset(here.BlockCount)];
            if (padding.ContainsAnyExcept((byte)0)) return false;
            if (level == 0) break;

            for (int block = 0; block < layout[level - 1].BlockCount; block++)
            {
                SHA256.HashData(tree.Slice(layout[level - 1].BlockOffset(block), BlockSize), hash);
                if (!hashes.Slice(block * Digest.Size, Digest.Size).SequenceEqual(hash)) return false;
            }
        }

        return true;
    }

    private bool IsHashOf(int block, ReadOnlySpan<byte> hash) => _layout.LevelCount == 0
        ? DigestOf(Size, new Digest(hash)) == Digest
        : _bytes.AsSpan(_layout[0].Offset + block * Digest.Size, Digest.Size).SequenceEqual(hash);

    // The kernel's struct fsverity_descriptor, little endian: version 1, SHA-256, blocks of 2^12, no salt, size, root.
    private static Digest DigestOf(long size, Digest root)
    {
        Span<byte> descriptor = stackalloc byte[DescriptorSize];
        descriptor.Clear();
        descriptor[0] = 1;
        descriptor[1] = 1;
        descriptor[2] = 12;
        BinaryPrimitives.WriteInt64LittleEndian(descriptor[8..], size);
        root.CopyTo(descriptor[16..]);
        return Digest.Of(descriptor);
    }

    private void ThrowIfNotAPiece(int piece)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(piece);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(piece, PieceCount);
    }

    private static void ThrowIfNotASize(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Limits.MaxArtifactSize);
    }
}
