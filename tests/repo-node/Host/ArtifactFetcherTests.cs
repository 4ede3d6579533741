using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>Three nodes are asked for an artifact; two of them do their worst.</summary>
public sealed class ArtifactFetcherTests : IDisposable
{
    private static readonly byte[] Bytes = ArtifactStoreTests.Pattern(5 * VerityTree.PieceSize + 77);

    private readonly TemporaryDirectory _directory = new();

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
    public async Task What_an_upload_left_behind_does_not_spoil_a_fetch()
    {
        File.WriteAllBytes(_directory[Stated.Sha256 + ".part"], new byte[1_000_000]);

        await AssertFetchedAsync(bytes => bytes);
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
    public async Task A_fetch_goes_on_after_a_fault_of_the_world()
    {
        int port = LoopbackNetwork.FreePorts(1)[0];
        await using var honest = await ServeAsync(port, bytes => bytes);
        string folder = _directory["not-there-yet"];
        using var fetcher = FetcherOf(new ArtifactStore(folder), [port]);

        var fetching = fetcher.HoldAsync(Stated, default);
        await Task.Delay(600);
        Assert.False(fetching.IsCompleted);
        Directory.CreateDirectory(folder);
        Assert.True(await fetching.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    // The first and second source change what they give; the third is honest.
    private async Task AssertFetchedAsync(Func<byte[], byte[]> change)
    {
        int[] ports = LoopbackNetwork.FreePorts(3);
        await using var one = await ServeAsync(ports[0], change);
        await using var other = await ServeAsync(ports[1], change);
        await using var honest = await ServeAsync(ports[2], bytes => bytes);
        var store = new ArtifactStore(_directory.Path);
        using var fetcher = FetcherOf(store, ports);

        Assert.True(await fetcher.HoldAsync(Stated, default).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.True(store.Holds(Stated));
        Assert.Equal(Bytes, File.ReadAllBytes(store.Find(Stated.Sha256)!.Path));
    }

    private static ArtifactFetcher FetcherOf(ArtifactStore store, int[] ports)
    {
        var nodes = TestNetwork.Create().Root.Nodes;
        var sources = nodes.Zip(ports, (node, port) => node with { Url = $"http://127.0.0.1:{port}" });
        return new ArtifactFetcher(store, sources, TimeProvider.System, NullLogger<ArtifactFetcher>.Instance);
    }

    private static async Task<WebApplication> ServeAsync(int port, Func<byte[], byte[]> change)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        byte[] tree = VerityHasher.Compute(Bytes).Bytes.ToArray();
        app.Run(context =>
        {
            bool asksTree = context.Request.Path.Value!.EndsWith("/tree", StringComparison.Ordinal);
            return AnswerAsync(context, asksTree ? tree : Bytes, change);
        });
        await app.StartAsync();
        return app;
    }

    private static Task AnswerAsync(HttpContext context, byte[] content, Func<byte[], byte[]> change)
    {
        string[] range = context.Request.Headers.Range.ToString()["bytes=".Length..].Split('-');
        int first = int.Parse(range[0], CultureInfo.InvariantCulture);
        int last = int.Parse(range[1], CultureInfo.InvariantCulture);
        byte[] body = change(content[first..(last + 1)]);
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
