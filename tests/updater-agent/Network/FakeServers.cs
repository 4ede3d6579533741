using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Tests.Network;

/// <summary>A fake network's nodes behind real sockets on the loopback, HTTP/1.1 with connections kept alive.</summary>
internal sealed class FakeServers : IAsyncDisposable
{
    private readonly FakeNetwork _network;
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<TcpListener> _listeners;
    private readonly List<Task> _running = [];

    public FakeServers(FakeNetwork network)
        : this(network, Listen())
    {
    }

    private FakeServers(FakeNetwork network, IReadOnlyList<TcpListener> listeners)
    {
        (_network, _listeners) = (network, listeners);
        for (int node = 0; node < listeners.Count; node++)
            _running.Add(Accept(listeners[node], new Uri(network.Root.Nodes[node].Url)));
    }

    /// <summary>A network whose trust root has these servers' addresses, so that any program can ask them.</summary>
    /// <param name="host">What the addresses call this machine.</param>
    public static (FakeNetwork Network, FakeServers Servers) Reachable(string host = "127.0.0.1")
    {
        var listeners = Listen();
        var network = new FakeNetwork(identity => identity with
        {
            Url = $"http://{host}:{((IPEndPoint)listeners[int.Parse(identity.Name[^2..], CultureInfo.InvariantCulture)].LocalEndpoint).Port}",
        });
        return (network, new FakeServers(network, listeners));
    }

    /// <summary>Where the first server listens. Asked as a proxy, it speaks for every node.</summary>
    public Uri Proxy => new($"http://{_listeners[0].LocalEndpoint}");

    /// <summary>The agent's own client; the nodes' names lead to these servers.</summary>
    public HttpClient Client()
    {
        var handler = HttpTransport.CreateHandler(TransportLimits.Default);
        handler.UseProxy = false;
        handler.ConnectCallback = async (context, stop) =>
        {
            int node = _network.Root.Nodes.ToList().FindIndex(identity => new Uri(identity.Url).Host == context.DnsEndPoint.Host);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(_listeners[node].LocalEndpoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>From now on this node's port refuses connections.</summary>
    public void Close(int node) => _listeners[node].Stop();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners) listener.Stop();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static List<TcpListener> Listen()
    {
        List<TcpListener> listeners = [.. Enumerable.Range(0, 4).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        listeners.ForEach(listener => listener.Start());
        return listeners;
    }

    private async Task Accept(TcpListener listener, Uri node)
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(_stop.Token);
            _ = Serve(client, node);
        }
    }

    private async Task Serve(TcpClient client, Uri node)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                while (await ReadLine(stream) is { Length: > 0 } line)
                {
                    // A proxy is asked for whole addresses.
                    using var request = new HttpRequestMessage(new HttpMethod(line.Split(' ')[0]), new Uri(node, line.Split(' ')[1]));
                    while (await ReadLine(stream) is { Length: > 0 } header)
                    {
                        if (header.StartsWith("Content-Length: ", StringComparison.Ordinal))
                        {
                            request.Content = new ByteArrayContent(new byte[int.Parse(header[16..], CultureInfo.InvariantCulture)]);
                        }

                        if (header.StartsWith("Range: ", StringComparison.Ordinal)) request.Headers.Range = RangeHeaderValue.Parse(header[7..]);
                    }

                    if (request.Content is { } announced)
                    {
                        byte[] sent = await announced.ReadAsByteArrayAsync(_stop.Token);
                        await stream.ReadExactlyAsync(sent, _stop.Token);
                        request.Content = new ByteArrayContent(sent);
                    }

                    if (_network.NodeAt(request.RequestUri!).Babble is { } babble)
                    {
                        await stream.WriteAsync(babble, _stop.Token);
                        return;
                    }

                    using var answer = _network.Answer(request);
                    byte[] body = await answer.Content.ReadAsByteArrayAsync(_stop.Token);
                    await stream.WriteAsync(Head(answer, body.Length), _stop.Token);
                    await stream.WriteAsync(body, _stop.Token);
                }
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or HttpRequestException)
        {
            // The agent went away, the node is dead, or the test is over.
        }
    }

    // Byte by byte: what follows the headers is no text.
    private async Task<string> ReadLine(NetworkStream stream)
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1 && one[0] != '\n') line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }

    private static byte[] Head(HttpResponseMessage answer, int length)
    {
        string range = answer.Content.Headers.ContentRange is { } given ? $"Content-Range: {given}\r\n" : "";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 {(int)answer.StatusCode} -\r\nContent-Length: {length}\r\n{range}\r\n");
    }
}
