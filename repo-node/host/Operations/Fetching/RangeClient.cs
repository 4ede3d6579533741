using System.Net;
using System.Net.Http.Headers;
using SupplyChain.Protocol.Artifacts;

namespace SupplyChain.RepoNode.Operations.Fetching;

/// <summary>
/// Gets bytes of what nodes serve, in ranges of at most a piece, each within a deadline that fits its length: so a large tree
/// takes the time it needs, and one that stalls is found out soon.
/// </summary>
internal sealed class RangeClient(TimeProvider time) : IDisposable
{
    private const int LargestRange = VerityTree.PieceSize;
    private const int LeastBytesPerSecond = 32 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectTimeout = Patience,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>From the question to the last byte of one range.</summary>
    public static TimeSpan DeadlineOf(int length) => Patience + TimeSpan.FromSeconds((double)length / LeastBytesPerSecond);

    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public async Task<Reply> GetAsync(Source source, string path, long offset, int length, CancellationToken stop)
    {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length;)
        {
            var range = bytes.AsMemory(done, Math.Min(LargestRange, length - done));
            if (await TryGetAsync(new Uri(source.Url, path), offset + done, range, stop) is { } failure) return failure;

            done += range.Length;
        }

        return new Reply.Gives(bytes);
    }

    public void Dispose() => _http.Dispose();

    // Null when the range is filled.
    private async Task<Reply?> TryGetAsync(Uri url, long offset, Memory<byte> range, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(DeadlineOf(range.Length), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(offset, offset + range.Length - 1);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode == HttpStatusCode.NotFound) return new Reply.Lacks();
            if (response.StatusCode != HttpStatusCode.PartialContent) return new Reply.Fails();
            if (response.Content.Headers.ContentLength != range.Length) return new Reply.Fails();

            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            await body.ReadExactlyAsync(range, either.Token);
            return null;
        }
        catch (Exception failure) when (!stop.IsCancellationRequested
            && failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return new Reply.Fails();
        }
    }
}
