using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Artifacts;

public sealed class VerityTreeTests
{
    private static readonly byte[] Artifact = Pattern(3 * VerityTree.PieceSize + 5000);
    private static readonly VerityTree Tree = VerityHasher.Compute(Artifact);

    [Fact]
    public void Digests_and_trees_are_those_of_the_fsverity_program()
    {
        string[] lines = File.ReadAllLines(RepositoryRoot.Combine("tests", "vectors", "verity", "digests.txt"));
        Assert.Equal(11, lines.Length);
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ');
            var tree = VerityHasher.Compute(Pattern(int.Parse(fields[0], CultureInfo.InvariantCulture)));
            int length = int.Parse(fields[2], CultureInfo.InvariantCulture);
            Assert.Equal(fields[1], tree.Digest.ToHex());
            Assert.Equal(length, tree.Bytes.Length);
            Assert.Equal(length, VerityTree.LengthOf(tree.Size));
            Assert.Equal(fields[3], Digest.Of(tree.Bytes).ToHex());
        }
    }

    [Fact]
    public void It_does_not_matter_how_the_bytes_come() => ForAll.Seeds(20, random =>
    {
        var hasher = new VerityHasher();
        for (int at = 0; at < Artifact.Length;)
        {
            int length = Math.Min(random.Next(0, random.Next(1, 100_000)), Artifact.Length - at);
            hasher.Append(Artifact.AsSpan(at, length));
            at += length;
        }

        Assert.Equal(Tree.Digest, hasher.Finish().Digest);
    });

    [Fact]
    public void A_finished_hasher_takes_no_more()
    {
        var hasher = new VerityHasher();
        hasher.Finish();
        Assert.Throws<InvalidOperationException>(() => hasher.Append([1]));
        Assert.Throws<InvalidOperationException>(hasher.Finish);
    }

    [Fact]
    public void An_empty_artifact_has_one_digest_only() => Assert.False(VerityTree.TryRead([], 0, Digest.Of([]), out _));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4096, 1)]
    [InlineData(4097, 1)]
    [InlineData(VerityTree.PieceSize, 1)]
    [InlineData(VerityTree.PieceSize + 1, 2)]
    [InlineData(3 * VerityTree.PieceSize - 1, 3)]
    public void Every_piece_is_verified_with_the_tree_as_it_travels(int size, int pieces)
    {
        byte[] artifact = Pattern(size);
        var made = VerityHasher.Compute(artifact);
        Assert.True(VerityTree.TryRead(made.Bytes, size, made.Digest, out var tree));
        Assert.Equal(pieces, tree.PieceCount);
        Assert.Equal(size, Enumerable.Range(0, pieces).Sum(tree.PieceLength));
        for (int piece = 0; piece < pieces; piece++) Assert.True(tree.VerifyPiece(piece, Piece(artifact, piece)));
    }

    [Fact]
    public void A_wrong_piece_is_refused_and_its_first_wrong_block_named() => ForAll.Seeds(40, random =>
    {
        int piece = random.Next(Tree.PieceCount);
        byte[] bytes = Piece(Artifact, piece).ToArray();
        int at = random.Next(bytes.Length);
        bytes[at] ^= (byte)(1 << random.Next(8));
        Assert.False(Tree.VerifyPiece(piece, bytes));
        Assert.Equal(piece * 128 + at / VerityTree.BlockSize, Tree.FindBadBlock(piece, bytes));
    });

    [Fact]
    public void A_piece_of_another_place_or_length_is_refused()
    {
        Assert.False(Tree.VerifyPiece(0, Piece(Artifact, 1)));
        Assert.False(Tree.VerifyPiece(0, Piece(Artifact, 0)[..^1]));
        Assert.False(Tree.VerifyPiece(3, [.. Piece(Artifact, 3), 0]));
        Assert.False(Tree.VerifyPiece(0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tree.VerifyPiece(4, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tree.VerifyPiece(-1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tree.FindBadBlock(0, Piece(Artifact, 0)[..^1]));
    }

    [Fact]
    public void An_artifact_of_one_block_is_verified_by_its_digest_alone()
    {
        byte[] artifact = Pattern(100);
        var digest = VerityHasher.Compute(artifact).Digest;
        Assert.True(VerityTree.TryRead([], 100, digest, out var tree));
        Assert.True(tree.VerifyPiece(0, artifact));
        artifact[99] ^= 1;
        Assert.False(tree.VerifyPiece(0, artifact));

        // Padding is zeros, so size alone tells these two apart: the digest covers it.
        Assert.False(tree.VerifyPiece(0, [.. Pattern(100), 0]));
        Assert.NotEqual(VerityHasher.Compute([1]).Digest, VerityHasher.Compute([1, 0]).Digest);
    }

    [Fact]
    public void A_tree_with_a_changed_bit_anywhere_is_refused() => ForAll.Seeds(300, random =>
    {
        byte[] bytes = Tree.Bytes.ToArray();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        Assert.False(VerityTree.TryRead(bytes, Tree.Size, Tree.Digest, out _));
    });

    [Fact]
    public void A_whole_tree_tells_its_digest() => ForAll.Seeds(100, random =>
    {
        byte[] artifact = new byte[random.Next(VerityTree.BlockSize + 1, 3 * VerityTree.PieceSize)];
        random.NextBytes(artifact);
        var tree = VerityHasher.Compute(artifact);
        byte[] bytes = tree.Bytes.ToArray();

        Assert.True(VerityTree.IsWhole(bytes, artifact.Length, out var digest));
        Assert.Equal(tree.Digest, digest);

        Assert.False(VerityTree.IsWhole(bytes.AsSpan(1), artifact.Length, out _));
        bytes[random.Next(bytes.Length)] ^= 1;
        Assert.False(VerityTree.IsWhole(bytes, artifact.Length, out digest) && digest == tree.Digest);
    });

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(VerityTree.BlockSize)]
    [InlineData(Limits.MaxArtifactSize + 1)]
    public void Where_there_is_no_tree_nothing_is_whole(long size) => Assert.False(VerityTree.IsWhole([], size, out _));

    [Fact]
    public void A_tree_of_another_size_length_or_digest_is_refused()
    {
        Assert.True(VerityTree.TryRead(Tree.Bytes, Tree.Size, Tree.Digest, out _));
        Assert.False(VerityTree.TryRead(Tree.Bytes, Tree.Size + 1, Tree.Digest, out _));
        Assert.False(VerityTree.TryRead(Tree.Bytes, Tree.Size, Digest.Of("x"u8), out _));
        Assert.False(VerityTree.TryRead(Tree.Bytes[..^1], Tree.Size, Tree.Digest, out _));
        Assert.False(VerityTree.TryRead([.. Tree.Bytes, 0], Tree.Size, Tree.Digest, out _));
        Assert.False(VerityTree.TryRead([], Tree.Size, Tree.Digest, out _));
        Assert.False(VerityTree.TryRead([], -1, Tree.Digest, out _));
        Assert.False(VerityTree.TryRead([], Limits.MaxArtifactSize + 1, Tree.Digest, out _));
        Assert.False(VerityTree.TryRead([], long.MaxValue, Tree.Digest, out _));
    }

    [Fact]
    public void Padding_that_is_not_zero_is_refused_even_under_a_matching_digest()
    {
        // Two blocks: one tree block, whose digest whoever made the artifact may choose.
        byte[] bytes = VerityHasher.Compute(Pattern(8192)).Bytes.ToArray();
        bytes[^1] = 1;
        byte[] descriptor = new byte[256];
        descriptor[0] = descriptor[1] = 1;
        descriptor[2] = 12;
        BinaryPrimitives.WriteInt64LittleEndian(descriptor.AsSpan(8), 8192);
        Digest.Of(bytes).CopyTo(descriptor.AsSpan(16));
        Assert.False(VerityTree.TryRead(bytes, 8192, Digest.Of(descriptor), out _));
    }

    private static ReadOnlySpan<byte> Piece(byte[] artifact, int piece)
    {
        var rest = artifact.AsSpan(piece * VerityTree.PieceSize);
        return rest[..Math.Min(VerityTree.PieceSize, rest.Length)];
    }

    // tests/vectors/verity/README.md
    private static byte[] Pattern(int size)
    {
        byte[] pattern = new byte[(size + 31) / 32 * 32], counter = new byte[8];
        for (int at = 0; at < pattern.Length; at += 32)
        {
            BinaryPrimitives.WriteInt64BigEndian(counter, at / 32);
            SHA256.HashData(counter, pattern.AsSpan(at));
        }

        return pattern[..size];
    }
}
