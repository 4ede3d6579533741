using System.Diagnostics;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Operations.Fetching;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host.Fetching;

/// <summary>Nodes are asked for an artifact; some of them do their worst, and so does the disk.</summary>
public sealed class ArtifactFetcherTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] Bytes = ArtifactStoreTests.Pattern(5 * VerityTree.PieceSize + 77);

    private readonly TemporaryDirectory _directory = new();
    private readonly FetchLog _log = new();

    private static Artifact Stated => ArtifactStoreTests.StatedOf(Bytes);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task A_node_that_gives_wrong_bytes_is_passed_over() =>
        AssertFetchedAsync(bytes => [.. bytes.Select(b => (byte)(b ^ 1))]);

    [Fact]
    public Task A_node_that_gives_fewer_bytes_is_passed_over() => AssertFetchedAsync(bytes => bytes[1..]);

    [Fact]
    public Task A_node_that_gives_more_bytes_is_passed_over() => AssertFetchedAsync(bytes => [.. bytes, 0]);

    [Fact]
    public async Task An_upload_that_never_ends_holds_up_no_fetch()
    {
        var store = new ArtifactStore(_directory.Path);
        using (var upload = store.TryUpload(Stated.Sha256)!)
        {
            await upload.AppendAsync(Bytes.AsMemory(0, 1_000), default);

            await AssertFetchedAsync(store, bytes => bytes);

            // What comes of the upload now is not needed, and leaves nothing behind.
            await upload.AppendAsync(Bytes.AsMemory(1_000), default);
            Assert.True(upload.TryComplete());
        }

        Assert.True(store.Holds(Stated));
        AssertNothingLeft();
    }

    [Fact]
    public async Task An_upload_that_is_whole_first_ends_the_fetch()
    {
        int port = LoopbackNetwork.FreePorts(1)[0];
        await using var source = await ServedArtifact.StartAsync(port, Bytes);
        source.Withheld[3] = true;
        var store = new ArtifactStore(_directory.Path);
        using var fetcher = FetcherOf(store, [port]);

        var fetching = fetcher.HoldAsync(Stated, default);
        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(source.AskedFor(3) > 0));
        await ArtifactStoreTests.WriteAsync(store, Bytes);

        Assert.True(await fetching.WaitAsync(Patience));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Pieces_that_were_verified_are_kept_when_one_is_to_be_had_nowhere()
    {
        int port = LoopbackNetwork.FreePorts(1)[0];
        await using var source = await ServedArtifact.StartAsync(port, Bytes);
        source.Withheld[3] = true;
        using var fetcher = FetcherOf(new ArtifactStore(_directory.Path), [port]);

        var fetching = fetcher.HoldAsync(Stated, default);
        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(source.AskedFor(3) > 2));
        Assert.False(fetching.IsCompleted);
        source.Withheld.Clear();

        Assert.True(await fetching.WaitAsync(Patience));
        Assert.All(Enumerable.Range(0, 3), piece => Assert.Equal(1, source.AskedFor(piece)));
    }

    [Fact]
    public async Task Pieces_are_kept_over_a_restart_as_far_as_they_fit_the_tree()
    {
        byte[] kept = [.. Bytes.AsSpan(0, 3 * VerityTree.PieceSize)];
        kept[2 * VerityTree.PieceSize] ^= 1;
        File.WriteAllBytes(_directory[Stated.Sha256 + ".fetch"], kept);
        int port = LoopbackNetwork.FreePorts(1)[0];
        await using var source = await ServedArtifact.StartAsync(port, Bytes);
        using var fetcher = FetcherOf(new ArtifactStore(_directory.Path), [port]);

        Assert.True(await fetcher.HoldAsync(Stated, default).WaitAsync(Patience));

        Assert.Equal([0, 0, 1], Enumerable.Range(0, 3).Select(source.AskedFor));
    }

    [Fact]
    public async Task A_large_tree_comes_in_ranges()
    {
        byte[] bytes = new byte[70 << 20];
        int port = LoopbackNetwork.FreePorts(1)[0];
        await using var source = await ServedArtifact.StartAsync(port, bytes);
        using var fetcher = FetcherOf(new ArtifactStore(_directory.Path), [port]);

        Assert.True(await fetcher.HoldAsync(ArtifactStoreTests.StatedOf(bytes), default).WaitAsync(Patience));

        Assert.True(source.Asked.Count(range => range.OfTree) > 1);
        Assert.All(source.Asked, range => Assert.InRange(range.Length, 1, VerityTree.PieceSize));
    }

    [Fact]
    public async Task Bytes_that_are_here_and_are_not_what_is_stated_are_told_at_once()
    {
        var store = new ArtifactStore(_directory.Path);
        await ArtifactStoreTests.WriteAsync(store, Bytes);
        using var fetcher = FetcherOf(store, []);

        Assert.False(await fetcher.HoldAsync(Stated with { FsVerity = Digest.Of([9]) }, default));
        Assert.False(await fetcher.HoldAsync(Stated with { Size = Stated.Size + 1 }, default));
        Assert.True(await fetcher.HoldAsync(Stated, default));
    }

    [Fact]
    public async Task A_fetch_goes_on_after_a_fault_of_the_disk()
    {
        int port = LoopbackNetwork.FreePorts(1)[0];
        await using var honest = await ServedArtifact.StartAsync(port, Bytes);
        string folder = _directory["not-there-yet"];
        using var fetcher = FetcherOf(new ArtifactStore(folder), [port]);

        var fetching = fetcher.HoldAsync(Stated, default);
        await _log.WaitForAsync("that the folder is there");
        Assert.False(fetching.IsCompleted);
        Directory.CreateDirectory(folder);
        Assert.True(await fetching.WaitAsync(Patience));
    }

    [Fact]
    public async Task An_artifact_that_cannot_be_looked_at_is_looked_at_again()
    {
        await ArtifactStoreTests.WriteAsync(new ArtifactStore(_directory.Path), Bytes);
        string tree = _directory[Stated.Sha256 + ".tree"];
        File.Delete(tree);
        Directory.CreateDirectory(tree);
        using var fetcher = FetcherOf(new ArtifactStore(_directory.Path), []);

        var holding = fetcher.HoldAsync(Stated, default);
        await _log.WaitForAsync("It is tried again");
        Directory.Delete(tree);

        Assert.True(await holding.WaitAsync(Patience));
    }

    [NeedsRootFact]
    public async Task A_full_disk_is_told_as_such_and_the_fetch_goes_on_when_there_is_room()
    {
        int port = LoopbackNetwork.FreePorts(1)[0];
        await using var source = await ServedArtifact.StartAsync(port, Bytes);
        string disk = _directory["disk"];
        Directory.CreateDirectory(disk);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk);
        try
        {
            using var fetcher = FetcherOf(new ArtifactStore(disk), [port]);
            var fetching = fetcher.HoldAsync(Stated, default);
            await _log.WaitForAsync("The disk is full: make room.");
            await RunAsync("mount", "-o", "remount,size=16m", disk);

            Assert.True(await fetching.WaitAsync(Patience));
            Assert.Equal(1, source.AskedFor(0));
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    private Task AssertFetchedAsync(Func<byte[], byte[]> change) =>
        AssertFetchedAsync(new ArtifactStore(_directory.Path), change);

    // The first and second source change what they give; the third is honest.
    private async Task AssertFetchedAsync(ArtifactStore store, Func<byte[], byte[]> change)
    {
        int[] ports = LoopbackNetwork.FreePorts(3);
        await using var one = await ServedArtifact.StartAsync(ports[0], Bytes, change);
        await using var other = await ServedArtifact.StartAsync(ports[1], Bytes, change);
        await using var honest = await ServedArtifact.StartAsync(ports[2], Bytes);
        using var fetcher = FetcherOf(store, ports);

        Assert.True(await fetcher.HoldAsync(Stated, default).WaitAsync(Patience));

        Assert.True(store.Holds(Stated));
        Assert.Equal(Bytes, File.ReadAllBytes(store.Find(Stated.Sha256)!.Path));
    }

    private void AssertNothingLeft() => Assert.Equal(
        [Stated.Sha256.ToHex(), Stated.Sha256 + ".tree"],
        Directory.EnumerateFiles(_directory.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    private ArtifactFetcher FetcherOf(ArtifactStore store, int[] ports)
    {
        var nodes = TestNetwork.Create().Root.Nodes;
        var sources = nodes.Zip(ports, (node, port) => node with { Url = $"http://127.0.0.1:{port}" });
        return new ArtifactFetcher(store, sources, TimeProvider.System, _log);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
