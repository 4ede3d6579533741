using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>
/// The requests of docs/protocol.md §10 that maintainers need, to one node. Nothing it answers is believed; every answer is
/// bounded in size and time. A node that is away, or talks nonsense, is an <see cref="HttpRequestException"/>; one that does
/// not get to the end of its answer in time is an <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed class NodeClient(HttpClient http, string name, string url, RequestTimes? times = null)
{
    private const string OffsetHeader = "Upload-Offset", ProblemPrefix = "urn:supplychain:problem:";
    private const int MaxTileSize = Tile.FullWidth * Digest.Size;

    /// <summary>The node's name, or its URL where the name is not known.</summary>
    public string Name { get; } = name;

    /// <summary>How long its requests may take.</summary>
    public RequestTimes Times { get; } = times ?? RequestTimes.Default;

    /// <summary>For use against a network: connections fail fast, redirects are not followed.</summary>
    public static HttpClient CreateHttp() => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The current row of the map, with its proof.</summary>
    public async Task<MapAnswer> MapAsync(MapKey key, CancellationToken cancellation)
    {
        byte[] bytes = await GetAsync($"map/{key.Hash.ToHex()}", Limits.MaxBundleSize, cancellation).ConfigureAwait(false);
        return MapAnswer.TryRead(bytes, out var answer) ? answer : throw new HttpRequestException($"{Name} answers with a malformed map row.");
    }

    /// <summary>A tile of hashes below the log's URL; null when there is none.</summary>
    public Task<byte[]?> TryTileAsync(string path, CancellationToken cancellation) => SendAsync(
        new HttpRequestMessage(HttpMethod.Get, UriOf(path)), Times.Answer, async (response, stop) =>
            response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, MaxTileSize, stop).ConfigureAwait(false),
        cancellation);

    /// <summary>How many bytes of an artifact the node holds; −1 when it has the whole.</summary>
    public Task<long> HeldAsync(Digest sha256, CancellationToken cancellation) => SendAsync(
        new HttpRequestMessage(HttpMethod.Head, UriOf($"artifact/sha256/{sha256.ToHex()}")), Times.Answer, (response, _) =>
            response.StatusCode switch
            {
                HttpStatusCode.OK => Task.FromResult(-1L),
                HttpStatusCode.NotFound => Task.FromResult(OffsetOf(response) ?? 0),
                var other => throw new HttpRequestException($"{Name} answers {(int)other} when asked for an artifact."),
            },
        cancellation);

    /// <summary>Sends one range of an artifact.</summary>
    public Task<UploadAnswer> UploadAsync(UploadPermit permit, long first, ReadOnlyMemory<byte> range, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, UriOf($"artifact/sha256/{permit.Sha256.ToHex()}"));
        request.Headers.Add("Supplychain-Publisher", permit.Publisher);
        request.Headers.Add("Supplychain-Expires", StrictDecimal.Encode(permit.Expires));
        request.Headers.Add("Supplychain-Signature", permit.Signature);
        request.Content = new ReadOnlyMemoryContent(range);
        // An empty artifact has no range to name.
        if (!range.IsEmpty) request.Content.Headers.ContentRange = new ContentRangeHeaderValue(first, first + range.Length - 1, permit.Size);

        return SendAsync(request, Times.Range, async (response, stop) => response.StatusCode switch
        {
            HttpStatusCode.Created => new UploadAnswer(-1, Taken: true, null),
            HttpStatusCode.Accepted when OffsetOf(response) is { } held => new UploadAnswer(held, Taken: true, null),
            HttpStatusCode.Conflict when OffsetOf(response) is { } held => new UploadAnswer(held, Taken: false, null),
            _ => new UploadAnswer(0, Taken: false, await ProblemAsync(response, stop).ConfigureAwait(false)),
        }, cancellation);
    }

    /// <summary>Hands a statement in; null when the node took it, or the name of the refusal.</summary>
    public Task<string?> SubmitAsync(byte[] envelope, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, UriOf("statements")) { Content = new ByteArrayContent(envelope) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return SendAsync(request, Times.Answer, async (response, stop) =>
            response.StatusCode == HttpStatusCode.Accepted ? null : await ProblemAsync(response, stop).ConfigureAwait(false),
            cancellation);
    }

    /// <summary>What the node says about a statement: <c>pending</c>, <c>final</c>, <c>certified</c> or <c>refused</c>.</summary>
    public Task<StatementStatus> StatusAsync(Digest id, CancellationToken cancellation) => SendAsync(
        new HttpRequestMessage(HttpMethod.Get, UriOf($"statements/{id.ToHex()}")), Times.Answer, async (response, stop) =>
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return new StatementStatus("unknown", null);

            byte[] json = await ReadAsync(response, ToolLimits.MaxNodeAnswer, stop).ConfigureAwait(false);
            return StatementStatus.TryRead(json, id, out var status)
                ? status
                : throw new HttpRequestException($"{Name} answers with a malformed status.");
        },
        cancellation);

    private Task<byte[]> GetAsync(string path, int maxSize, CancellationToken cancellation) => SendAsync(
        new HttpRequestMessage(HttpMethod.Get, UriOf(path)), Times.Answer,
        (response, stop) => ReadAsync(response, maxSize, stop), cancellation);

    // The limit is on the whole answer: a node that dribbles one byte a minute never fails by itself.
    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, TimeSpan limit, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using (request)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            stop.CancelAfter(limit);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
            return await read(response, stop.Token).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxSize, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException($"{Name} answers: {await ProblemAsync(response, cancellation).ConfigureAwait(false)}.");

        return await BoundedAsync(response, maxSize, cancellation).ConfigureAwait(false);
    }

    private async Task<byte[]> BoundedAsync(HttpResponseMessage response, int maxSize, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var content = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            if (content.Length + read > maxSize) throw new HttpRequestException($"{Name} answers with more than {maxSize} bytes.");
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    // The last part of the problem's type, or the status where the answer is none of ours.
    private async Task<string> ProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json") return status;

        try
        {
            byte[] json = await BoundedAsync(response, ToolLimits.MaxNodeAnswer, cancellation).ConfigureAwait(false);
            using var problem = System.Text.Json.JsonDocument.Parse(json);
            string? type = problem.RootElement.TryGetProperty("type", out var value) ? value.GetString() : null;
            bool isOurs = type is not null && type.StartsWith(ProblemPrefix, StringComparison.Ordinal)
                && Protocol.Statements.Names.IsName(type[ProblemPrefix.Length..]);
            return isOurs ? type![ProblemPrefix.Length..] : status;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            return status;
        }
    }

    private static long? OffsetOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(OffsetHeader, out var values)
        && StrictDecimal.TryDecode(values.First(), out ulong offset) && offset <= Limits.MaxArtifactSize
            ? (long)offset
            : null;

    private Uri UriOf(string path) => new($"{url.TrimEnd('/')}/{path}", UriKind.Absolute);
}

/// <param name="Held">Bytes the node holds now; −1 when it has the whole.</param>
/// <param name="Taken">Whether it took the range that was sent.</param>
/// <param name="Problem">Why it was refused; null when it was not.</param>
internal readonly record struct UploadAnswer(long Held, bool Taken, string? Problem);

/// <summary>How long one request to a node may take, whatever the node does meanwhile.</summary>
/// <param name="Answer">From a question to the end of the answer.</param>
/// <param name="Range">From the first byte of an uploaded range to the end of the answer.</param>
internal sealed record RequestTimes(TimeSpan Answer, TimeSpan Range)
{
    /// <summary>A range at 70 kB/s.</summary>
    public static RequestTimes Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
}
