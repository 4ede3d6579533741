using SupplyChain.Protocol.Log;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Log;

public sealed class TileTests
{
    [Theory]
    [InlineData(0, 0UL, 256, "tile/0/000")]
    [InlineData(0, 1234067UL, 256, "tile/0/x001/x234/067")]
    [InlineData(1, 1234067UL, 112, "tile/1/x001/x234/067.p/112")]
    [InlineData(2, 0UL, 1, "tile/2/000.p/1")]
    [InlineData(0, 999UL, 255, "tile/0/999.p/255")]
    [InlineData(0, 1000UL, 256, "tile/0/x001/000")]
    public void A_path_is_written_and_read_again(int level, ulong index, int width, string path)
    {
        var tile = new Tile(level, index, width);
        Assert.Equal(path, tile.Path);
        Assert.True(Tile.TryParsePath(path, out var read));
        Assert.Equal(tile, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile/")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("tile/00/000")]
    [InlineData("tile/7/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/001/001")]
    [InlineData("tile/0/x001/x001")]
    [InlineData("tile/0/x01/001")]
    [InlineData("tile/0/X001/001")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/1.p/1")]
    [InlineData("tile/0/+00")]
    [InlineData("tile/0/\u0660\u0660\u0660")]
    [InlineData("tile/0/../000")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0/x099/x999/x999/x999/999")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/6/032")]
    public void Every_other_path_is_refused(string path) => Assert.False(Tile.TryParsePath(path, out _));

    [Fact]
    public void Random_paths_never_throw() => ForAll.Seeds(5000, random =>
    {
        const string Alphabet = "0019x/.p";
        string path = "tile/" + new string(random.GetItems<char>(Alphabet, random.Next(0, 24)));
        if (Tile.TryParsePath(path, out var tile)) Assert.Equal(path, tile.Path);
        string entries = path.Replace("tile/", "tile/entries/", StringComparison.Ordinal);
        if (EntryBundle.TryParsePath(entries, out var bundle)) Assert.Equal(entries, bundle.Path);
    });

    [Fact]
    public void A_tree_of_70000_leaves_has_the_tiles_that_the_specification_counts()
    {
        var tiles = Tile.Added(TreeSize.Zero, new TreeSize(70_000));
        Assert.Equal(273, tiles.Count(tile => tile is { Level: 0, Width: 256 }));
        Assert.Equal([112], tiles.Where(tile => tile is { Level: 0, Width: < 256 }).Select(tile => tile.Width));
        Assert.Equal([256, 17], tiles.Where(tile => tile.Level == 1).Select(tile => tile.Width));
        Assert.Equal([1], tiles.Where(tile => tile.Level == 2).Select(tile => tile.Width));
        Assert.Equal(277, tiles.Count);
    }

    [Fact]
    public void A_tree_of_256_leaves_has_a_full_tile_and_one_above_it() =>
        Assert.Equal(["tile/0/000", "tile/1/000.p/1"],
            Tile.Added(TreeSize.Zero, new TreeSize(256)).Select(tile => tile.Path));

    [Fact]
    public void Only_new_and_wider_tiles_are_added()
    {
        Assert.Equal(["tile/0/001.p/3"], Tile.Added(new TreeSize(257), new TreeSize(259)).Select(tile => tile.Path));
        Assert.Equal(["tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2"],
            Tile.Added(new TreeSize(511), new TreeSize(513)).Select(tile => tile.Path));
        Assert.Empty(Tile.Added(new TreeSize(5), new TreeSize(5)));
    }

    [Fact]
    public void Tiles_alone_prove_what_the_tree_proves()
    {
        var tree = MemoryTree.Of(700);
        var tiles = new StoredTiles(tree);
        Assert.Equal(tree.Root, ProofBuilder.Root(tiles, tree.Size));
        ForAll.Seeds(50, random =>
        {
            ulong index = (ulong)random.Next(700);
            Assert.True(ProofBuilder.Inclusion(tiles, index, tree.Size).Verify(tree.LeafAt(index), tree.Root));
            var oldSize = new TreeSize((ulong)random.Next(1, 701));
            Assert.True(ProofBuilder.Consistency(tiles, oldSize, tree.Size).Verify(tree.RootAt(oldSize), tree.Root));
        });
    }

    [Fact]
    public void A_tile_answers_only_for_what_it_contains()
    {
        var tile = new Tile(0, 1, 3);
        byte[] data = new byte[tile.ByteLength];
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.NodeFrom(data, 0, 255));
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.NodeFrom(data, 0, 259));
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.NodeFrom(data, 1, 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.NodeFrom(data, 8, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.NodeFrom(data.AsSpan(1), 0, 256));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tile.Containing(1, 2, new TreeSize(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Tile(0, 0, 257));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Tile(7, 0, 1));
    }

    // What a mirror has: the data of each tile under its path.
    private sealed class StoredTiles(MemoryTree tree) : IHashSource
    {
        private readonly Dictionary<string, byte[]> _stored =
            Tile.Added(TreeSize.Zero, tree.Size).ToDictionary(tile => tile.Path, tile => Data(tree, tile));

        public Digest NodeAt(int level, ulong index)
        {
            var tile = Tile.Containing(level, index, tree.Size);
            return tile.NodeFrom(_stored[tile.Path], level, index);
        }

        private static byte[] Data(MemoryTree tree, Tile tile) =>
        [
            .. Enumerable.Range(0, tile.Width)
                .Select(i => tile.Index * Tile.FullWidth + (ulong)i)
                .SelectMany(index => tree.NodeAt(tile.Level * Tile.Height, index).ToArray()),
        ];
    }
}
