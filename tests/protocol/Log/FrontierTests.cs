using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Log;

public sealed class FrontierTests
{
    [Fact]
    public void Its_root_is_the_trees_root_at_every_size()
    {
        var tree = new MemoryTree();
        var frontier = Frontier.Empty;
        for (int size = 0; size <= 300; size++)
        {
            Assert.Equal(tree.Size, frontier.Size);
            Assert.Equal(tree.Root, frontier.Root);
            Assert.Equal(frontier, ProofBuilder.Frontier(tree, tree.Size));
            frontier = frontier.Append(tree.Append(BitConverter.GetBytes(size)));
        }
    }

    [Fact]
    public void Appending_leaves_the_older_frontier_as_it_was()
    {
        var older = Of(5);
        var root = older.Root;
        older.Append(LeafHash.Of("x"u8));
        Assert.Equal(root, older.Root);
        Assert.Equal(new TreeSize(5), older.Size);
    }

    [Fact]
    public void The_empty_trees_root_is_the_hash_of_nothing()
    {
        Assert.Equal(Digest.Of([]), Frontier.Empty.Root);
        Assert.Equal(Digest.Of([]), NodeHash.EmptyRoot);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(100)]
    public void What_is_written_is_read_again_and_every_truncation_refused(int size)
    {
        var frontier = Of(size);
        byte[] bytes = Bytes(frontier);
        Assert.True(TryRead(bytes, out var read));
        Assert.Equal(frontier, read);
        for (int length = 0; length < bytes.Length; length++) Assert.False(TryRead(bytes.AsSpan(0, length), out _));
        Assert.False(TryRead([.. bytes, 0], out _));
    }

    [Fact]
    public void A_size_beyond_the_limit_is_refused()
    {
        var writer = new ByteWriter().U64(Limits.MaxTreeSize + 1);
        for (int i = 0; i < 64; i++) writer.Digest(default);
        var reader = new ByteReader(writer.ToArray());
        Assert.False(Frontier.TryRead(ref reader, out _));
        Assert.Equal(0, reader.Position);
    }

    [Fact]
    public void It_has_one_subtree_for_each_set_bit_of_its_size() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Frontier.Of(new TreeSize(3), new Digest[1]));

    private static Frontier Of(int size)
    {
        var tree = MemoryTree.Of(size);
        return ProofBuilder.Frontier(tree, tree.Size);
    }

    private static byte[] Bytes(Frontier frontier)
    {
        var writer = new ByteWriter();
        frontier.WriteTo(writer);
        return writer.ToArray();
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, out Frontier frontier)
    {
        var reader = new ByteReader(bytes);
        return Frontier.TryRead(ref reader, out frontier) && reader.AtEnd;
    }
}
