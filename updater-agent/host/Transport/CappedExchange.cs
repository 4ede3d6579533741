using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using SupplyChain.UpdaterAgent.Core;

namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>One request: no more bytes than the limit, no longer than the deadline, and every failure a value.</summary>
internal sealed class CappedExchange(HttpClient http, TimeProvider clock, Traffic traffic)
{
    private const int ReadSize = 64 * 1024;

    /// <summary>A whole body of at most <paramref name="limit"/> bytes, compressed or not; <paramref name="progress"/> is told how many came.</summary>
    public Task<Reply<byte[]>> Get(Uri url, long limit, TimeSpan deadline, CancellationToken stop, Action<int>? progress = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(BrotliBody.Name));
        return Whole(request, limit, deadline, progress, stop);
    }

    /// <summary>A whole body of at most <paramref name="limit"/> bytes, for a small body of ours.</summary>
    public Task<Reply<byte[]>> Post(Uri url, byte[] body, long limit, TimeSpan deadline, CancellationToken stop) =>
        Whole(new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) }, limit, deadline, null, stop);

    /// <summary>Exactly the bytes of one range. The caller's token is the deadline.</summary>
    public async Task<NodeFault?> GetRange(
        Uri url, long first, Memory<byte> into, long total, Action<long> progress, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Range = new RangeHeaderValue(first, first + into.Length - 1);
            using var response = await Send(request, stop);
            if (await RangeFault(response, first, into.Length, total, stop) is { } fault) return fault;

            return await Fill(response, into, progress, stop);
        }
        catch (Exception error) when (AsFault(error, stop) is { } fault)
        {
            return fault;
        }
    }

    private async Task<Reply<byte[]>> Whole(
        HttpRequestMessage asked, long limit, TimeSpan deadline, Action<int>? progress, CancellationToken stop)
    {
        using var request = asked;
        using var late = new CancellationTokenSource(deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            using var response = await Send(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return Reply<byte[]>.Failed(await Status(response, either.Token));
            }

            if (response.Content.Headers.ContentLength > limit) return Reply<byte[]>.Failed(TooLarge(limit));

            var whole = await ReadAll(response, limit, progress, either.Token);
            return response.Content.Headers.ContentEncoding.Count == 0 ? whole : BrotliBody.Expand(response, whole, limit);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return Reply<byte[]>.Failed(new NodeFault(FaultKind.TimedOut, $"no whole answer in {deadline.TotalSeconds:0} s"));
        }
        catch (Exception error) when (AsFault(error, stop) is { } fault)
        {
            return Reply<byte[]>.Failed(fault);
        }
    }

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken stop)
    {
        traffic.Asked();
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    private async Task<Reply<byte[]>> ReadAll(
        HttpResponseMessage response, long limit, Action<int>? progress, CancellationToken stop)
    {
        using var body = new MemoryStream();
        byte[] buffer = new byte[ReadSize];
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        while (await Read(stream, buffer, stop) is var count && count > 0)
        {
            if (body.Length + count > limit) return Reply<byte[]>.Failed(TooLarge(limit));

            body.Write(buffer, 0, count);
            progress?.Invoke(count);
        }

        return response.Content.Headers.ContentLength is { } announced && announced != body.Length
            ? Reply<byte[]>.Failed(Truncated(body.Length, announced))
            : Reply<byte[]>.Of(body.ToArray());
    }

    private async Task<NodeFault?> Fill(
        HttpResponseMessage response, Memory<byte> into, Action<long> progress, CancellationToken stop)
    {
        int filled = 0;
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        while (filled < into.Length)
        {
            int count = await Read(stream, into[filled..], stop);
            if (count == 0) return Truncated(filled, into.Length);

            filled += count;
            progress(filled);
        }

        return await Read(stream, new byte[1], stop) == 0
            ? null
            : new NodeFault(FaultKind.TooLarge, $"more than the {into.Length} bytes of the range");
    }

    private async Task<int> Read(Stream stream, Memory<byte> into, CancellationToken stop)
    {
        int count = await stream.ReadAsync(into, stop);
        traffic.Received(count);
        return count;
    }

    private static async Task<NodeFault?> RangeFault(
        HttpResponseMessage response, long first, int length, long total, CancellationToken stop)
    {
        var headers = response.Content.Headers;
        bool isWhole = first == 0 && length == total;

        // RFC 9110 §14.2: a server may ignore the range; that is of use only when the range is everything.
        if (response.StatusCode == HttpStatusCode.OK && isWhole) return null;
        if (response.StatusCode != HttpStatusCode.PartialContent) return await Status(response, stop);

        var range = headers.ContentRange;
        long last = first + length - 1;
        if (range is { Unit: "bytes" } && range.From == first && range.To == last && range.Length == total)
        {
            return headers.ContentLength > length ? TooLarge(length) : null;
        }

        return new NodeFault(FaultKind.WrongRange, $"asked for bytes {first}-{last}/{total}, got {range?.ToString() ?? "none"}");
    }

    private static async Task<NodeFault> Status(HttpResponseMessage response, CancellationToken stop)
    {
        string code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        string? problem = await ProblemName.Read(response, stop);
        return new NodeFault(FaultKind.HttpStatus, problem is null ? code : $"{code} {problem}");
    }

    private static NodeFault TooLarge(long limit) => new(FaultKind.TooLarge, $"more than {limit} bytes");

    private static NodeFault Truncated(long got, long announced) =>
        new(FaultKind.Truncated, $"{got} of {announced} bytes");

    // Null when the caller asked to stop, or when the error is ours.
    private static NodeFault? AsFault(Exception error, CancellationToken stop) => error switch
    {
        OperationCanceledException when stop.IsCancellationRequested => null,
        // The connect timeout of the handler.
        OperationCanceledException => new NodeFault(FaultKind.Unreachable, "no connection in time"),
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } =>
            new NodeFault(FaultKind.Truncated, "the connection ended early"),
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } =>
            new NodeFault(FaultKind.Unreachable, "the connection ended without an answer"),
        // The innermost says what happened, those around it that something did.
        HttpRequestException or IOException => new NodeFault(FaultKind.Unreachable, error.GetBaseException().Message),
        _ => null,
    };
}
