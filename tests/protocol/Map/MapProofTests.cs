using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Map;

/// <summary>What an attacker would hand over as a map proof. The tree holds these keys: 00…, 0010…, 0011…, 80…</summary>
public sealed class MapProofTests
{
    private static readonly byte[] Value = "a value"u8.ToArray();

    private static readonly MapKey First = Key(0x00), Second = Key(0x10), Third = Key(0x18), Far = Key(0x80);

    private static readonly MapTree Tree = MapTreeTests.Fill([new(First, Value), new(Second, Value), new(Third, Value), new(Far, Value)]);

    private static readonly Digest ValueHash = Digest.Of(Value);

    // The inner nodes: at bit 4 over second and third, at bit 3 over these and first, at bit 0 over all.
    private static readonly Digest Pair = MapHash.Inner(4, Key(0x10).Hash, LeafOf(Second), LeafOf(Third));

    private static readonly Digest Near = MapHash.Inner(3, default, LeafOf(First), Pair);

    [Fact]
    public void The_tree_is_the_one_described() =>
        Assert.Equal(Tree.Root, MapHash.Recorded(MapHash.Inner(0, default, Near, LeafOf(Far))));

    [Fact]
    public void An_inner_node_on_the_keys_own_path_proves_no_absence()
    {
        // The node does cover the key, so the key may stand below it; here it does.
        var proof = new MapProof(
            [new(0, LeafOf(Far)), new(3, LeafOf(First))],
            new MapProofTerminal.Inner(4, Key(0x10).Hash, LeafOf(Second), LeafOf(Third)));

        Assert.False(proof.VerifyAbsence(Tree.Root, Second));
        Assert.False(proof.VerifyAbsence(Tree.Root, Third));
        Assert.False(new MapProof([], new MapProofTerminal.Inner(0, default, Near, LeafOf(Far))).VerifyAbsence(Tree.Root, Second));
    }

    [Fact]
    public void An_inner_node_beside_the_keys_path_proves_no_absence()
    {
        // The pair's node differs from the key, but the step above it leads the key elsewhere.
        var proof = new MapProof(
            [new(0, LeafOf(Far)), new(3, LeafOf(First))],
            new MapProofTerminal.Inner(4, Key(0x10).Hash, LeafOf(Second), LeafOf(Third)));

        Assert.False(proof.VerifyAbsence(Tree.Root, First));
        Assert.False(proof.VerifyAbsence(Tree.Root, Far));
    }

    [Fact]
    public void An_inner_node_whose_difference_lies_behind_its_bits_proves_no_absence()
    {
        // Third differs from the shown prefix in bit 4, which is no longer the prefix's.
        var proof = new MapProof(
            [new(0, LeafOf(Far)), new(3, LeafOf(First))],
            new MapProofTerminal.Inner(4, Key(0x18).Hash, LeafOf(Second), LeafOf(Third)));

        Assert.False(proof.VerifyAbsence(Tree.Root, Second));
        Assert.False(MapProof.TryRead(proof.ToBytes(), out _));
    }

    [Fact]
    public void A_leaf_of_another_path_proves_no_absence()
    {
        foreach (var (key, other) in (ReadOnlySpan<(MapKey, MapKey)>)[(First, Second), (Second, First), (Third, Second), (Far, First), (First, Far)])
        {
            Assert.False(Tree.Prove(other).VerifyAbsence(Tree.Root, key));
            Assert.False(Tree.Prove(other).VerifyPresence(Tree.Root, key, Value));
        }
    }

    [Fact]
    public void Steps_of_one_key_with_the_leaf_of_another_lead_nowhere()
    {
        var proof = new MapProof([new(0, LeafOf(Far)), new(3, Pair)], new MapProofTerminal.Leaf(Second.Hash, ValueHash));
        Assert.False(proof.VerifyAbsence(Tree.Root, First));
        Assert.False(proof.VerifyPresence(Tree.Root, Second, Value));
    }

    [Fact]
    public void A_leaf_that_is_really_where_the_key_leads_proves_absence()
    {
        Assert.True(Tree.Prove(Key(0x90)).VerifyAbsence(Tree.Root, Key(0x90)));
        Assert.True(Tree.Prove(Key(0x08)).VerifyAbsence(Tree.Root, Key(0x08)));
        Assert.True(Tree.Prove(Key(0x1c)).VerifyAbsence(Tree.Root, Key(0x1c)));
    }

    [Fact]
    public void An_inner_node_that_differs_within_its_bits_proves_absence()
    {
        // 40… leaves the node over 00… and 10… in bit 1, which is one of its three.
        var proof = Tree.Prove(Key(0x40));
        Assert.True(proof.VerifyAbsence(Tree.Root, Key(0x40)));
        Assert.Equal(1, proof.Depth);
    }

    [Fact]
    public void An_empty_map_proves_every_absence_and_a_filled_one_is_not_empty()
    {
        var proof = MapTree.Empty.Prove(First);
        Assert.True(proof.VerifyAbsence(MapTree.Empty.Root, First));
        Assert.False(proof.VerifyAbsence(Tree.Root, First));
        Assert.False(proof.VerifyPresence(MapTree.Empty.Root, First, Value));
    }

    [Fact]
    public void A_node_of_the_map_is_no_recorded_root_and_no_tree_of_the_log()
    {
        // A log entry can be made to hash like a leaf of the map: the recorded root keeps them apart.
        byte[] entry = [.. First.Hash.ToArray(), .. ValueHash.ToArray()];
        var one = MapTree.Empty.Set(First, Value);

        Assert.Equal(LeafHash.Of(entry), LeafOf(First));
        Assert.NotEqual(LeafHash.Of(entry), one.Root);
        Assert.False(one.Prove(First).VerifyPresence(LeafOf(First), First, Value));
        Assert.False(Tree.Prove(First).VerifyPresence(MapHash.Inner(0, default, Near, LeafOf(Far)), First, Value));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(3, 0)]
    [InlineData(0, 0)]
    public void Bits_that_do_not_rise_are_refused(int upper, int lower) =>
        Assert.False(Reads(new MapProof([new(upper, Near), new(lower, Near)], new MapProofTerminal.Leaf(First.Hash, ValueHash))));

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public void A_terminal_not_below_its_last_step_is_refused(int bits) =>
        Assert.False(Reads(new MapProof([new(3, Near)], new MapProofTerminal.Inner(bits, default, Near, Near))));

    [Fact]
    public void Bits_beyond_the_key_are_refused()
    {
        Assert.True(Reads(new MapProof([new(255, Near)], new MapProofTerminal.Leaf(First.Hash, ValueHash))));
        Assert.False(Reads(new MapProof([new(256, Near)], new MapProofTerminal.Leaf(First.Hash, ValueHash))));
        Assert.True(Reads(new MapProof([], new MapProofTerminal.Inner(255, default, Near, Near))));
        Assert.False(Reads(new MapProof([], new MapProofTerminal.Inner(256, default, Near, Near))));
    }

    [Theory]
    [InlineData(4, 0x08)]
    [InlineData(7, 0x01)]
    [InlineData(0, 0x80)]
    public void Padding_that_is_not_zero_is_refused(int bits, byte first) =>
        Assert.False(Reads(new MapProof([], new MapProofTerminal.Inner(bits, Key(first).Hash, Near, Near))));

    [Fact]
    public void An_empty_map_below_a_step_is_refused() =>
        Assert.False(Reads(new MapProof([new(0, Near)], MapProofTerminal.Empty.Instance)));

    [Fact]
    public void More_steps_than_bits_are_refused()
    {
        var writer = new ByteWriter().U16(257);
        for (int i = 0; i < 257; i++) writer.U16((ushort)i).Digest(Near);
        Assert.False(MapProof.TryRead(writer.U8(0).ToArray(), out _));
    }

    [Fact]
    public void A_proof_is_read_back_and_every_cut_and_addition_refused() => ForAll.Seeds(50, random =>
    {
        var tree = MapTreeTests.Fill(MapTreeTests.RandomRows(random, random.Next(20)));
        byte[] bytes = tree.Prove(MapTreeTests.RandomKey(random)).ToBytes();

        Assert.True(MapProof.TryRead(bytes, out var proof));
        Assert.Equal(bytes, proof.ToBytes());
        Assert.False(MapProof.TryRead([.. bytes, 0], out _));
        for (int length = 0; length < bytes.Length; length++) Assert.False(MapProof.TryRead(bytes.AsSpan(0, length), out _));
    });

    [Fact]
    public void No_changed_byte_of_a_proof_leaves_it_valid() => ForAll.Seeds(20, random =>
    {
        var rows = MapTreeTests.RandomRows(random, 10);
        var tree = MapTreeTests.Fill(rows);
        var (present, absent) = (rows.First(), MapTreeTests.AbsentKey(random, rows));
        byte[] presence = tree.Prove(present.Key).ToBytes(), absence = tree.Prove(absent).ToBytes();
        for (int at = 0; at < presence.Length; at++)
            Assert.False(MapProof.TryRead(Flip(presence, at, random), out var proof) && proof.VerifyPresence(tree.Root, present.Key, present.Value));
        for (int at = 0; at < absence.Length; at++)
            Assert.False(MapProof.TryRead(Flip(absence, at, random), out var proof) && proof.VerifyAbsence(tree.Root, absent));
    });

    private static byte[] Flip(byte[] bytes, int at, Random random)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private static bool Reads(MapProof proof) => MapProof.TryRead(proof.ToBytes(), out _);

    private static Digest LeafOf(MapKey key) => MapHash.Leaf(key.Hash, ValueHash);

    private static MapKey Key(byte first)
    {
        byte[] bytes = new byte[Digest.Size];
        bytes[0] = first;
        return new MapKey(new Digest(bytes));
    }
}
