using System.Net;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>
/// The demo's liar: a mirror that stands where an honest node stood, and says what its lie makes of the truth. The
/// product's own programs have no such mode.
/// </summary>
internal sealed class LyingMirror : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _honest;
    private readonly Lie _lie;
    private readonly Task _serving;
    private int _lies;

    /// <param name="url">Where the honest node stood.</param>
    /// <param name="honest">A node to copy everything else from; it may be dead where the lie needs no truth.</param>
    /// <param name="lie">What it says.</param>
    public LyingMirror(Uri url, Uri honest, Lie lie)
    {
        _lie = lie;
        _honest = new HttpClient { BaseAddress = honest };
        _listener.Prefixes.Add(url.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>How many answers of it were lies.</summary>
    public int Lies => Volatile.Read(ref _lies);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _honest.Dispose();
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
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            byte[] asked = body.ToArray();
            if (_lie.Invent(path, asked) is { } invented)
            {
                Interlocked.Increment(ref _lies);
                await RespondAsync(context.Response, HttpStatusCode.OK, invented);
                return;
            }

            using HttpResponseMessage truth = await AskHonestAsync(_lie.AskFor(path), context.Request.Headers["Range"]);
            Said said = _lie.Tell(path, asked, await truth.Content.ReadAsByteArrayAsync());
            if (said.IsLie) Interlocked.Increment(ref _lies);

            context.Response.ContentType = truth.Content.Headers.ContentType?.ToString();
            if (truth.Content.Headers.ContentRange is { } range) context.Response.AddHeader("Content-Range", range.ToString());
            await RespondAsync(context.Response, truth.StatusCode, said.Body);
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or IOException or ObjectDisposedException)
        {
            context.Response.Abort();
        }
    }

    private async Task<HttpResponseMessage> AskHonestAsync(string path, string? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        return await _honest.SendAsync(request);
    }

    private static async Task RespondAsync(HttpListenerResponse response, HttpStatusCode status, byte[] body)
    {
        response.StatusCode = (int)status;
        response.ContentLength64 = body.Length;
        await response.OutputStream.WriteAsync(body);
        response.Close();
    }
}
