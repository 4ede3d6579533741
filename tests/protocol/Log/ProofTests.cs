using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Log;

public sealed class ProofTests
{
    private const int Largest = 70;
    private static readonly MemoryTree Tree = MemoryTree.Of(Largest);

    [Fact]
    public void Every_leaf_of_every_tree_has_a_proof_that_verifies()
    {
        for (ulong size = 1; size <= Largest; size++)
        {
            for (ulong index = 0; index < size; index++)
            {
                var proof = ProofBuilder.Inclusion(Tree, index, new TreeSize(size));
                var root = Tree.RootAt(new TreeSize(size));
                Assert.True(proof.Verify(Tree.LeafAt(index), root));
                Assert.False(proof.Verify(Tree.LeafAt((index + 1) % Largest), root));
                Assert.False(proof.Verify(Tree.LeafAt(index), Tree.LeafAt((index + 1) % Largest)));
            }
        }
    }

    [Fact]
    public void Every_tree_is_shown_to_extend_every_smaller_one()
    {
        for (ulong newSize = 1; newSize <= Largest; newSize++)
        {
            for (ulong oldSize = 1; oldSize <= newSize; oldSize++)
            {
                var proof = ProofBuilder.Consistency(Tree, new TreeSize(oldSize), new TreeSize(newSize));
                Digest oldRoot = Tree.RootAt(new TreeSize(oldSize)), newRoot = Tree.RootAt(new TreeSize(newSize));
                Assert.True(proof.Verify(oldRoot, newRoot));
                Assert.False(proof.Verify(Digest.Of("x"u8), newRoot));
                Assert.False(proof.Verify(oldRoot, Digest.Of("x"u8)));
            }
        }
    }

    [Fact]
    public void A_root_is_built_from_subtrees()
    {
        for (ulong size = 0; size <= Largest; size++)
            Assert.Equal(Tree.RootAt(new TreeSize(size)), ProofBuilder.Root(Tree, new TreeSize(size)));
    }

    [Fact]
    public void A_changed_hash_anywhere_is_refused() => ForAll.Seeds(300, random =>
    {
        ulong newSize = (ulong)random.Next(2, Largest + 1), oldSize = (ulong)random.Next(1, (int)newSize);
        var inclusion = ProofBuilder.Inclusion(Tree, oldSize, new TreeSize(newSize));
        var consistency = ProofBuilder.Consistency(Tree, new TreeSize(oldSize), new TreeSize(newSize));
        var newRoot = Tree.RootAt(new TreeSize(newSize));
        Assert.False(new InclusionProof(oldSize, inclusion.Size, Damaged(inclusion.Hashes, random))
            .Verify(Tree.LeafAt(oldSize), newRoot));
        Assert.False(new ConsistencyProof(consistency.OldSize, consistency.NewSize, Damaged(consistency.Hashes, random))
            .Verify(Tree.RootAt(new TreeSize(oldSize)), newRoot));
    });

    [Fact]
    public void An_inner_node_does_not_pass_for_a_leaf()
    {
        // The tree of four leaves is that of two whose "leaves" are inner nodes; the leaf's prefix tells them apart.
        byte[] asEntry = [.. Tree.LeafAt(0).AsSpan(), .. Tree.LeafAt(1).AsSpan()];
        var proof = new InclusionProof(0, new TreeSize(2), [NodeHash.Of(Tree.LeafAt(2), Tree.LeafAt(3))]);
        var root = Tree.RootAt(new TreeSize(4));
        Assert.True(proof.Verify(NodeHash.Of(Tree.LeafAt(0), Tree.LeafAt(1)), root));
        Assert.False(proof.Verify(LeafHash.Of(asEntry), root));
    }

    [Fact]
    public void Written_proofs_are_read_again_and_every_truncation_refused()
    {
        var inclusion = ProofBuilder.Inclusion(Tree, 37, new TreeSize(67));
        var writer = new ByteWriter();
        inclusion.WriteTo(writer);
        byte[] bytes = writer.ToArray();
        Assert.Equal(1 + 32 * inclusion.Hashes.Count, bytes.Length);
        for (int length = 0; length <= bytes.Length; length++)
        {
            var reader = new ByteReader(bytes.AsSpan(0, length));
            bool accepted = InclusionProof.TryRead(ref reader, 37, new TreeSize(67), out var read);
            Assert.Equal(length == bytes.Length, accepted);
            Assert.Equal(read is null ? 0 : length, reader.Position);
            if (read is not null) Assert.Equal(inclusion.Hashes, read.Hashes);
        }

        var consistency = ProofBuilder.Consistency(Tree, new TreeSize(37), new TreeSize(67));
        writer = new ByteWriter();
        consistency.WriteTo(writer);
        bytes = writer.ToArray();
        for (int length = 0; length <= bytes.Length; length++)
        {
            var reader = new ByteReader(bytes.AsSpan(0, length));
            bool accepted = ConsistencyProof.TryRead(ref reader, new TreeSize(37), new TreeSize(67), out var read);
            Assert.Equal(length == bytes.Length, accepted);
            if (read is not null) Assert.Equal(consistency.Hashes, read.Hashes);
        }
    }

    [Fact]
    public void Another_count_of_hashes_than_the_sizes_ask_for_is_refused()
    {
        for (int count = 0; count <= 70; count++)
        {
            byte[] bytes = [(byte)count, .. new byte[32 * count]];
            var reader = new ByteReader(bytes);
            Assert.Equal(count == 3, InclusionProof.TryRead(ref reader, 5, new TreeSize(8), out _));
            reader = new ByteReader(bytes);
            Assert.Equal(count == 53, InclusionProof.TryRead(ref reader, 0, new TreeSize(Limits.MaxTreeSize), out _));
        }
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(1UL, 1UL)]
    [InlineData(9UL, 8UL)]
    [InlineData(ulong.MaxValue, 8UL)]
    public void An_index_beyond_the_tree_is_refused(ulong index, ulong size)
    {
        var reader = new ByteReader([0]);
        Assert.False(InclusionProof.TryRead(ref reader, index, new TreeSize(size), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProofBuilder.Inclusion(Tree, index, new TreeSize(size)));
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(0UL, 8UL)]
    [InlineData(9UL, 8UL)]
    public void Nothing_is_shown_about_the_empty_tree_or_a_smaller_one(ulong oldSize, ulong newSize)
    {
        var reader = new ByteReader([0]);
        TreeSize older = new(oldSize), newer = new(newSize);
        Assert.False(ConsistencyProof.TryRead(ref reader, older, newer, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProofBuilder.Consistency(Tree, older, newer));
    }

    [Fact]
    public void Equal_sizes_need_no_hash_and_equal_roots()
    {
        var proof = new ConsistencyProof(new TreeSize(5), new TreeSize(5), []);
        Assert.True(proof.Verify(Digest.Of("a"u8), Digest.Of("a"u8)));
        Assert.False(proof.Verify(Digest.Of("a"u8), Digest.Of("b"u8)));
    }

    private static Digest[] Damaged(IReadOnlyList<Digest> hashes, Random random)
    {
        Digest[] damaged = [.. hashes];
        int which = random.Next(damaged.Length);
        byte[] bytes = damaged[which].ToArray();
        bytes[random.Next(32)] ^= (byte)(1 << random.Next(8));
        damaged[which] = new Digest(bytes);
        return damaged;
    }
}
