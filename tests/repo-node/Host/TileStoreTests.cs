using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Tests.Host;

public sealed class TileStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private TileStore Store => new(new NodeFiles(_directory.Path));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Tiles_written_block_by_block_lead_to_the_root_of_every_size()
    {
        var entries = Entries(600);
        var frontier = Frontier.Empty;
        ulong size = 0;
        foreach (int count in new[] { 2, 3, 250, 1, 256, 88 })
        {
            var block = entries.GetRange((int)size, count);
            Store.Append(new TreeSize(size), block);
            size += (ulong)count;
            frontier = block.Aggregate(frontier, (tree, entry) => tree.Append(LeafHash.Of(entry.Span)));

            Assert.Equal(frontier.Root, ProofBuilder.Root(Store.At(new TreeSize(size)), new TreeSize(size)));
        }

        var small = new TreeSize(255);
        Assert.Equal(RootOf(entries, 255), ProofBuilder.Root(Store.At(small), small));
        for (ulong index = 0; index < 600; index += 7)
            Assert.Equal(entries[(int)index].ToArray(), Store.Entry(index, new TreeSize(600)));
    }

    [Fact]
    public void Writing_a_block_again_changes_nothing()
    {
        var entries = Entries(300);
        Store.Append(TreeSize.Zero, entries);
        Store.Append(new TreeSize(10), entries.GetRange(10, 290));

        Assert.Equal(RootOf(entries, 300), ProofBuilder.Root(Store.At(new TreeSize(300)), new TreeSize(300)));
    }

    [Fact]
    public void A_partial_tile_is_served_in_every_width_up_to_what_is_held()
    {
        var entries = Entries(300);
        Store.Append(TreeSize.Zero, entries);

        Assert.Equal(44 * Digest.Size, Store.Read(new Tile(0, 1, 44))!.Length);
        Assert.Equal(LeafHash.Of(entries[256].Span).ToArray(), Store.Read(new Tile(0, 1, 1)));
        Assert.Equal(3 * Digest.Size, Store.Read(new Tile(0, 0, 3))!.Length);
        Assert.Null(Store.Read(new Tile(0, 1, 45)));
        Assert.Null(Store.Read(new Tile(0, 1, Tile.FullWidth)));
        Assert.Null(Store.Read(new Tile(1, 0, 2)));

        var bundle = new EntryBundle(1, 2);
        Assert.True(bundle.TryRead(Store.Read(bundle)!, out var read));
        Assert.Equal(entries[257].ToArray(), read[1]);
        Assert.Null(Store.Read(new EntryBundle(1, 45)));
    }

    [Fact]
    public void Only_the_widest_partial_tile_stays()
    {
        var entries = Entries(300);
        Store.Append(TreeSize.Zero, entries.GetRange(0, 5));
        Store.Append(new TreeSize(5), entries.GetRange(5, 5));
        Assert.Equal(["10"], Directory.EnumerateFiles(_directory["tile/0/000.p"]).Select(Path.GetFileName));

        Store.Append(new TreeSize(10), entries.GetRange(10, 290));
        Assert.False(Directory.Exists(_directory["tile/0/000.p"]));
    }

    private static List<ReadOnlyMemory<byte>> Entries(int count) =>
        [.. Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)BitConverter.GetBytes(i))];

    private static Digest RootOf(IEnumerable<ReadOnlyMemory<byte>> entries, int size) =>
        entries.Take(size).Aggregate(Frontier.Empty, (tree, entry) => tree.Append(LeafHash.Of(entry.Span))).Root;
}
