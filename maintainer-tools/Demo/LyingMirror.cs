using System.Net;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>
/// The demo's liar: a mirror that stands where an honest node stood, holds that node's keys, signs every checkpoint
/// and nonce properly, and alters the bytes it hands out. The product's own programs have no such mode.
/// </summary>
internal sealed class LyingMirror : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _honest;
    private readonly NodeKeys _keys;
    private readonly Task _serving;
    private int _altered;

    /// <param name="url">Where the honest node stood.</param>
    /// <param name="honest">A node to copy everything else from.</param>
    /// <param name="keys">The honest node's keys.</param>
    public LyingMirror(Uri url, Uri honest, NodeKeys keys)
    {
        _keys = keys;
        _honest = new HttpClient { BaseAddress = honest };
        _listener.Prefixes.Add(url.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>How many altered answers it gave.</summary>
    public int Altered => Volatile.Read(ref _altered);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _honest.Dispose();
        _keys.Dispose();
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        while (true)
        {
            try
            {
                answers.Add(AnswerAsync(await _listener.GetContextAsync()));
                answers.RemoveAll(answer => answer.IsCompleted);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                await Task.WhenAll(answers);
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            string path = context.Request.RawUrl!;
            using var asked = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(asked);
            using HttpResponseMessage truth = await AskHonestAsync(context.Request, path, asked.ToArray());
            byte[] body = await truth.Content.ReadAsByteArrayAsync();

            long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            if (path == "/checkpoint") body = _keys.SignCheckpoint(body, (ulong)now);
            else if (path == "/attest") body = _keys.SignNonce(await _honest.GetByteArrayAsync("/checkpoint"), asked.ToArray(), now);
            else if (path.StartsWith("/artifact/", StringComparison.Ordinal) && !path.EndsWith("/tree", StringComparison.Ordinal)) Alter(body);

            HttpListenerResponse response = context.Response;
            response.StatusCode = (int)truth.StatusCode;
            response.ContentType = truth.Content.Headers.ContentType?.ToString();
            if (truth.Content.Headers.ContentRange is { } range) response.AddHeader("Content-Range", range.ToString());
            response.ContentLength64 = body.Length;
            await response.OutputStream.WriteAsync(body);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or IOException or ObjectDisposedException)
        {
            context.Response.Abort();
        }
    }

    private async Task<HttpResponseMessage> AskHonestAsync(HttpListenerRequest asked, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(asked.HttpMethod), path);
        if (body.Length > 0) request.Content = new ByteArrayContent(body);
        if (asked.Headers["Range"] is { } range) request.Headers.TryAddWithoutValidation("Range", range);
        return await _honest.SendAsync(request);
    }

    // One bit is enough for a kernel to do something else.
    private void Alter(byte[] body)
    {
        if (body.Length == 0) return;

        body[body.Length / 2] ^= 1;
        Interlocked.Increment(ref _altered);
    }
}
