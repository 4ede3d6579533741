using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Tests.Host;

public sealed class ArtifactStoreTests : IDisposable
{
    private static readonly byte[] Bytes = Pattern(VerityTree.PieceSize + 12_345);

    private readonly TemporaryDirectory _directory = new();

    private ArtifactStore Store => new(_directory.Path);

    private static Artifact Stated => StatedOf(Bytes);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_artifact_is_whole_once_its_bytes_were_read_back()
    {
        var store = Store;
        await WriteAsync(store, Bytes);

        var stored = store.Find(Stated.Sha256)!;
        Assert.Equal(Bytes, File.ReadAllBytes(stored.Path));
        Assert.Equal(VerityHasher.Compute(Bytes).Bytes.ToArray(), File.ReadAllBytes(stored.TreePath));
        Assert.True(store.Holds(Stated));
        Assert.True(Store.Holds(Stated));
        Assert.Equal(0, store.BytesHeld(Stated.Sha256));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    public async Task Small_artifacts_have_an_empty_tree(int size)
    {
        byte[] bytes = Pattern(size);
        await WriteAsync(Store, bytes);

        Assert.True(Store.Holds(StatedOf(bytes)));
        Assert.Empty(File.ReadAllBytes(Store.Find(Digest.Of(bytes))!.TreePath));
    }

    [Fact]
    public async Task A_small_artifact_is_looked_at_by_many_at_once_after_a_restart()
    {
        byte[] bytes = Pattern(1000);
        await WriteAsync(Store, bytes);

        for (int restart = 0; restart < 20; restart++)
        {
            var restarted = Store;
            using var together = new Barrier(4);
            bool[] held = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return restarted.Holds(StatedOf(bytes));
                },
                default, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.All(held, Assert.True);
        }
    }

    [Fact]
    public async Task An_upload_goes_on_where_it_broke_off()
    {
        using (var first = Store.TryUpload(Stated.Sha256)!)
        {
            Assert.False(await first.AppendAsync(new MemoryStream(Bytes[..1000]), 2000, default));
        }

        Assert.Equal(1000, Store.BytesHeld(Stated.Sha256));
        Assert.Null(Store.Find(Stated.Sha256));
        using (var second = Store.TryUpload(Stated.Sha256)!)
        {
            Assert.Equal(1000, second.Held);
            Assert.True(await second.AppendAsync(new MemoryStream(Bytes[1000..]), Bytes.Length - 1000, default));
            Assert.True(second.TryComplete());
        }

        Assert.True(Store.Holds(Stated));
    }

    [Fact]
    public async Task More_bytes_than_announced_are_not_taken()
    {
        using var writer = Store.TryUpload(Stated.Sha256)!;

        Assert.False(await writer.AppendAsync(new MemoryStream(Bytes), 10, default));
        Assert.True(writer.Held <= 10);
    }

    [Fact]
    public async Task Bytes_of_another_digest_are_forgotten()
    {
        byte[] other = [.. Bytes];
        other[^1] ^= 1;
        using (var writer = Store.TryUpload(Stated.Sha256)!)
        {
            Assert.True(await writer.AppendAsync(new MemoryStream(other), other.Length, default));
            Assert.False(writer.TryComplete());
        }

        Assert.Equal(0, Store.BytesHeld(Stated.Sha256));
        Assert.Empty(Directory.EnumerateFiles(_directory.Path));
    }

    [Fact]
    public void One_writer_at_a_time()
    {
        var store = Store;
        using (var writer = store.TryUpload(Stated.Sha256))
        {
            Assert.NotNull(writer);
            Assert.Null(store.TryUpload(Stated.Sha256));
        }

        using var next = store.TryUpload(Stated.Sha256);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task What_a_crash_left_behind_is_not_an_artifact()
    {
        string path = _directory[Stated.Sha256.ToHex()];
        File.WriteAllBytes(path + ".tree", [1, 2, 3]);
        File.WriteAllBytes(path + ".tree.tmp", [4]);
        File.WriteAllBytes(path + ".part", Bytes[..500]);

        Assert.Null(Store.Find(Stated.Sha256));
        using (var writer = Store.TryUpload(Stated.Sha256)!)
        {
            Assert.Equal(500, writer.Held);
            await writer.AppendAsync(new MemoryStream(Bytes[500..]), Bytes.Length - 500, default);
            Assert.True(writer.TryComplete());
        }

        Assert.True(Store.Holds(Stated));
    }

    [Fact]
    public async Task A_release_that_says_something_else_of_the_bytes_is_not_held()
    {
        await WriteAsync(Store, Bytes);

        Assert.False(Store.Holds(Stated with { Size = Stated.Size + 1 }));
        Assert.False(Store.Holds(Stated with { FsVerity = Digest.Of("another tree"u8) }));
        Assert.False(Store.Holds(Stated with { Sha256 = Digest.Of("other bytes"u8) }));
    }

    [Fact]
    public async Task What_is_stated_wrongly_is_ruled_out_by_the_tree_without_reading_the_bytes()
    {
        await WriteAsync(Store, Bytes);
        File.WriteAllBytes(_directory[Stated.Sha256.ToHex()], new byte[Bytes.Length]);

        var restarted = Store;
        Assert.True(restarted.RulesOut(Stated with { FsVerity = Digest.Of("another tree"u8) }));
        Assert.True(restarted.Holds(Stated));
    }

    [Fact]
    public async Task A_damaged_tree_is_made_again_from_the_bytes()
    {
        await WriteAsync(Store, Bytes);
        string tree = Store.Find(Stated.Sha256)!.TreePath;
        byte[] whole = File.ReadAllBytes(tree);
        File.WriteAllBytes(tree, [.. new byte[40], .. whole[40..]]);

        Assert.True(Store.Holds(Stated));
        Assert.Equal(whole, File.ReadAllBytes(tree));
    }

    internal static byte[] Pattern(int size) =>
        [.. Enumerable.Range(0, size).Select(i => (byte)((i * 31L + (i >> 9)) % 256))];

    internal static Artifact StatedOf(byte[] bytes) =>
        new("linux.bin", Digest.Of(bytes), VerityHasher.Compute(bytes).Digest, (ulong)bytes.Length);

    internal static async Task WriteAsync(ArtifactStore store, byte[] bytes)
    {
        using var writer = store.TryUpload(Digest.Of(bytes))!;
        Assert.True(await writer.AppendAsync(new MemoryStream(bytes), bytes.Length, default));
        Assert.True(writer.TryComplete());
    }
}
