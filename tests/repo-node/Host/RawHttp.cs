using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>HTTP by hand, for requests that no client library would send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends bytes and reads until the server closes the connection.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="request">Any bytes.</param>
    /// <param name="halfClose">Say that nothing more comes, and still listen.</param>
    public static async Task<Answer> SendAsync(Uri url, byte[] request, bool halfClose = false)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host, url.Port, deadline.Token);
        var stream = socket.GetStream();
        using var received = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, deadline.Token);
            if (halfClose) socket.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(received, deadline.Token);
        }
        catch (IOException)
        {
            // The server may close while it is still being talked to; what it said until then counts.
        }

        return Answer.Of(Encoding.Latin1.GetString(received.ToArray()));
    }

    /// <summary>A request with a Host, and the wish that the connection be closed behind it.</summary>
    public static byte[] Request(string methodAndPath, IEnumerable<string> headers, ReadOnlySpan<byte> body) =>
    [
        .. Encoding.Latin1.GetBytes(string.Concat(
            $"{methodAndPath} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n", string.Concat(headers.Select(header => header + "\r\n")), "\r\n")),
        .. body,
    ];

    /// <param name="Status">0 where the server closed without a word.</param>
    /// <param name="Head">Status line and headers.</param>
    /// <param name="Body">What follows.</param>
    internal sealed record Answer(int Status, string Head, string Body)
    {
        public static Answer Of(string text)
        {
            if (text.Length == 0) return new Answer(0, "", "");

            string[] parts = text.Split("\r\n\r\n", 2);
            return new Answer(int.Parse(parts[0].AsSpan(9, 3), CultureInfo.InvariantCulture), parts[0], parts.Length > 1 ? parts[1] : "");
        }
    }
}
