using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SupplyChain.Protocol.Artifacts;

namespace SupplyChain.RepoNode.Tests.Host.Fetching;

/// <summary>A node that serves one artifact and its tree in ranges, and can be made to do its worst.</summary>
internal sealed class ServedArtifact : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly byte[] _bytes;
    private readonly byte[] _tree;

    private ServedArtifact(int port, byte[] bytes)
    {
        _bytes = bytes;
        _tree = VerityHasher.Compute(bytes).Bytes.ToArray();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>What becomes of a body before it is sent.</summary>
    public Func<byte[], byte[]> Change { get; init; } = bytes => bytes;

    /// <summary>Pieces that are answered by an error instead.</summary>
    public ConcurrentDictionary<int, bool> Withheld { get; } = new();

    /// <summary>Of the tree and of the bytes, in the order in which they were asked for.</summary>
    public ConcurrentQueue<(bool OfTree, long First, int Length)> Asked { get; } = new();

    public static async Task<ServedArtifact> StartAsync(int port, byte[] bytes, Func<byte[], byte[]>? change = null)
    {
        var served = new ServedArtifact(port, bytes) { Change = change ?? (body => body) };
        await served._app.StartAsync();
        return served;
    }

    /// <summary>How often a piece was asked for.</summary>
    public int AskedFor(int piece) =>
        Asked.Count(range => !range.OfTree && range.First == (long)piece * VerityTree.PieceSize);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        bool ofTree = context.Request.Path.Value!.EndsWith("/tree", StringComparison.Ordinal);
        string[] range = context.Request.Headers.Range.ToString()["bytes=".Length..].Split('-');
        int first = int.Parse(range[0], CultureInfo.InvariantCulture);
        int last = int.Parse(range[1], CultureInfo.InvariantCulture);
        Asked.Enqueue((ofTree, first, last - first + 1));
        if (!ofTree && Withheld.ContainsKey(first / VerityTree.PieceSize))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        byte[] body = Change((ofTree ? _tree : _bytes)[first..(last + 1)]);
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
