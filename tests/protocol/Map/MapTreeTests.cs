using SupplyChain.Protocol.Map;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Map;

public sealed class MapTreeTests
{
    [Fact]
    public void The_root_is_the_one_that_the_protocol_defines() => ForAll.Seeds(200, random =>
    {
        var rows = RandomRows(random, random.Next(40));
        Assert.Equal(NaiveMap.Root(rows), Fill(rows).Root);
    });

    [Fact]
    public void The_root_does_not_depend_on_the_order_of_the_rows() => ForAll.Seeds(100, random =>
    {
        var rows = RandomRows(random, 1 + random.Next(60)).ToArray();
        var tree = Fill(rows);
        random.Shuffle(rows);

        Assert.Equal(tree.Root, Fill(rows).Root);
    });

    [Fact]
    public void Rows_come_back_sorted_and_complete() => ForAll.Seeds(100, random =>
    {
        var rows = RandomRows(random, random.Next(60));
        var tree = Fill(rows);

        Assert.Equal(rows.Keys.Order(), tree.Rows.Select(row => row.Key));
        Assert.Equal(rows.Count, tree.Count);
        foreach (var (key, value) in rows)
        {
            Assert.True(tree.TryGet(key, out var found));
            Assert.Equal(value, found.ToArray());
        }

        Assert.False(tree.TryGet(AbsentKey(random, rows), out _));
    });

    [Fact]
    public void Setting_a_row_leaves_the_old_tree_as_it_was() => ForAll.Seeds(100, random =>
    {
        var rows = RandomRows(random, 1 + random.Next(30));
        var tree = Fill(rows);
        var before = tree.Root;
        var key = rows.Keys.First();

        var replaced = tree.Set(key, "another value"u8.ToArray());
        var added = tree.Set(AbsentKey(random, rows), "a value"u8.ToArray());

        Assert.Equal(before, tree.Root);
        Assert.NotEqual(before, replaced.Root);
        Assert.NotEqual(before, added.Root);
        Assert.Equal(tree.Count, replaced.Count);
        Assert.Equal(tree.Count + 1, added.Count);
        Assert.Equal(before, replaced.Set(key, rows[key]).Root);
    });

    [Fact]
    public void Removing_rows_leaves_the_tree_that_never_had_them() => ForAll.Seeds(100, random =>
    {
        var rows = RandomRows(random, 1 + random.Next(40));
        var all = Fill(rows);
        var (tree, before) = (all, all.Root);
        foreach (var key in rows.Keys.ToArray())
        {
            rows.Remove(key);
            tree = tree.Remove(key);
            Assert.Equal(NaiveMap.Root(rows), tree.Root);
            Assert.Equal(rows.Count, tree.Count);
            Assert.True(tree.Prove(key).VerifyAbsence(tree.Root, key));
        }

        Assert.Equal(before, all.Root);
        Assert.Same(all, all.Remove(AbsentKey(random, all.Rows.ToDictionary(row => row.Key, row => row.Value.ToArray()))));
    });

    [Fact]
    public void Every_row_and_every_absence_can_be_proven() => ForAll.Seeds(100, random =>
    {
        var rows = RandomRows(random, random.Next(50));
        var tree = Fill(rows);
        foreach (var (key, value) in rows)
        {
            var proof = tree.Prove(key);
            Assert.True(proof.VerifyPresence(tree.Root, key, value));
            Assert.False(proof.VerifyAbsence(tree.Root, key));
            Assert.False(proof.VerifyPresence(tree.Root, key, "another value"u8));
            Assert.False(proof.VerifyPresence(Digest.Of("another root"u8), key, value));
        }

        for (int i = 0; i < 20; i++)
        {
            var absent = AbsentKey(random, rows);
            var proof = tree.Prove(absent);
            Assert.True(proof.VerifyAbsence(tree.Root, absent));
            Assert.False(proof.VerifyPresence(tree.Root, absent, "a value"u8));
            Assert.False(proof.VerifyAbsence(Digest.Of("another root"u8), absent));
        }
    });

    [Fact]
    public void Different_parts_never_share_a_key()
    {
        MapKey[] keys =
        [
            MapKey.Channel("a", "bc"), MapKey.Channel("ab", "c"), MapKey.Product("a"), MapKey.Role("a"), MapKey.Root(1), MapKey.Root(11),
            MapKey.Artifact(Digest.Of("a"u8)), MapKey.Statement(Digest.Of("a"u8)), MapKey.Release("a", TestNetwork.Version("1.0.0")),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void A_key_is_the_hash_that_the_protocol_defines() => Assert.Equal(
        Digest.Of([.. "channel"u8, 0, 0, 5, .. "linux"u8, 0, 6, .. "stable"u8]),
        MapKey.Channel("linux", "stable").Hash);

    internal static MapTree Fill(IEnumerable<KeyValuePair<MapKey, byte[]>> rows) =>
        rows.Aggregate(MapTree.Empty, (tree, row) => tree.Set(row.Key, row.Value));

    internal static Dictionary<MapKey, byte[]> RandomRows(Random random, int count)
    {
        var rows = new Dictionary<MapKey, byte[]>();
        while (rows.Count < count)
        {
            byte[] value = new byte[random.Next(5)];
            random.NextBytes(value);
            rows[RandomKey(random)] = value;
        }

        return rows;
    }

    internal static MapKey AbsentKey(Random random, Dictionary<MapKey, byte[]> rows)
    {
        var key = RandomKey(random);
        while (rows.ContainsKey(key)) key = RandomKey(random);
        return key;
    }

    // Half of the keys differ from a common one in few bits, so that paths get long.
    internal static MapKey RandomKey(Random random)
    {
        byte[] key = new byte[Digest.Size];
        if (random.Next(2) == 0)
        {
            random.NextBytes(key);
        }
        else
        {
            for (int i = 0; i < 2; i++) key[random.Next(key.Length)] ^= (byte)(1 << random.Next(8));
        }

        return new MapKey(new Digest(key));
    }
}
