using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace SupplyChain.RepoNode.Peers;

/// <summary>
/// Keeps one connection to one peer, on which this node only sends. Comes back by itself, later and later, until the
/// peer lets it in, or soon when the peer is seen to be back.
/// </summary>
internal sealed class OutgoingLink(PeerSet peers, int node, TimeProvider time, ILogger log)
{
    private const int MaxFrames = 4096;
    private const long MaxBytes = 64 << 20;

    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private readonly OutgoingQueue _queue = new(MaxFrames, MaxBytes);
    private volatile Connection? _connection;
    private volatile TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The peer has let this node in.</summary>
    public bool Connected => _connection is not null;

    public void Send(byte[] frame) => _queue.Enqueue(frame);

    /// <summary>
    /// The peer has called, so it is there: a pause of seconds before the next call ends. A connection that stood before
    /// is given up, for a machine that lost its power may have left it half open. Not one that is young: two nodes that
    /// give up each other's would do so for ever.
    /// </summary>
    public void PeerSeen()
    {
        if (_connection is not { } connection) _seen.TrySetResult();
        else if (time.GetElapsedTime(connection.Since) >= Settled) connection.GivenUp.TrySetResult();
    }

    /// <param name="connected">Called every time the peer has let this node in.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Action<int> connected, CancellationToken stop)
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await ConnectAsync(connected, stop)) pause = FirstPause;
            }
            catch (Exception failure) when (IsOfTheWorld(failure))
            {
                log.LogDebug("Peer {Peer} is out of reach: {Reason}", peers.Nodes[node].Name, failure.Message);
            }

            await PauseAsync(pause, stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // However often a peer calls, it is not called back more often than every first pause.
    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        await Task.Delay(Spread(FirstPause), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _seen.Task.WaitAsync(Spread(pause), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // Nodes that lost each other at the same moment must not all call at the same moment.
    private static TimeSpan Spread(TimeSpan pause) => pause * (0.5 + Random.Shared.NextDouble());

    /// <returns>True when the peer had let this node in, however it ended.</returns>
    private async Task<bool> ConnectAsync(Action<int> connected, CancellationToken stop)
    {
        using var socket = PeerSocket.Create();
        using var handshake = CancellationTokenSource.CreateLinkedTokenSource(stop);
        handshake.CancelAfter(HandshakeTime);
        await socket.ConnectAsync(EndPointOf(peers.Nodes[node].Peer), handshake.Token);

        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(peers.CallOptions(node), handshake.Token);
        await stream.WriteAsync(peers.Hello.ToFrame(), handshake.Token);

        // A refused client's handshake succeeds on its own side: only the other's hello says that it was let in.
        if (!peers.IsHelloOf(node, await PeerHello.ReadAsync(stream, handshake.Token))) return false;

        var connection = new Connection(time.GetTimestamp());
        _connection = connection;
        connected(node);
        return await SendUntilClosedAsync(stream, connection, stop);
    }

    private async Task<bool> SendUntilClosedAsync(SslStream stream, Connection connection, CancellationToken stop)
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchAsync(stream, connection, closed);
        log.LogInformation("Connected to peer {Peer}", peers.Nodes[node].Name);
        try
        {
            while (true) await stream.WriteAsync(await _queue.DequeueAsync(closed.Token), closed.Token);
        }
        catch (Exception failure) when (IsOfTheWorld(failure))
        {
            log.LogInformation("Lost peer {Peer}", peers.Nodes[node].Name);
            return true;
        }
        finally
        {
            _connection = null;
            await closed.CancelAsync();
            await watching;
        }
    }

    private static async Task WatchAsync(SslStream stream, Connection connection, CancellationTokenSource closed)
    {
        var ending = ReadToEndAsync(stream, closed.Token);
        await Task.WhenAny(ending, connection.GivenUp.Task);
        await closed.CancelAsync();
        await ending;
    }

    // The peer sends nothing here: whatever happens on this side of the connection is its end.
    private static async Task ReadToEndAsync(SslStream stream, CancellationToken closed)
    {
        try
        {
            _ = await stream.ReadAsync(new byte[1], closed);
        }
        catch (Exception failure) when (IsOfTheWorld(failure))
        {
            // Closed, one way or another.
        }
    }

    private static EndPoint EndPointOf(string address)
    {
        int colon = address.LastIndexOf(':');
        string host = address[..colon].Trim('[', ']');
        int port = int.Parse(address.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        return IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port);
    }

    private static bool IsOfTheWorld(Exception failure) =>
        failure is IOException or SocketException or AuthenticationException or OperationCanceledException;

    private sealed record Connection(long Since)
    {
        public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
