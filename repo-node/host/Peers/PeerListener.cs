using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Peers;

/// <summary>Where the frames of peers go.</summary>
internal interface IPeerFrames
{
    /// <summary>Waits while too much is waiting already, which slows the sender down.</summary>
    /// <returns>False when the frame is no message: then the connection ends.</returns>
    ValueTask<bool> ReceiveAsync(ReceivedFrame frame, CancellationToken stop);
}

/// <summary>
/// Receives on the connections of peers. Whoever is not in the trust root does not get past the TLS handshake.
/// </summary>
internal sealed class PeerListener : ConnectionHandler
{
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, ConnectionContext> _connections = [];
    private readonly PeerSet _peers;
    private readonly IPeerFrames _frames;
    private readonly PeerNetwork _network;
    private readonly Banishment _banishment;
    private readonly ILogger<PeerListener> _log;

    public PeerListener(PeerSet peers, IPeerFrames frames, PeerNetwork network, Banishment banishment, ILogger<PeerListener> log)
    {
        (_peers, _frames, _network, _banishment, _log) = (peers, frames, network, banishment, log);
        banishment.Banished += node => Connection(node)?.Abort(new ConnectionAbortedException("The peer misbehaved."));
    }

    /// <summary>
    /// Makes an endpoint of the server one for peers: TLS 1.3 with pinned certificates on both sides, no HTTP.
    /// </summary>
    public static void Configure(ListenOptions listen, PeerSet peers)
    {
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = peers.Certificate,
            SslProtocols = SslProtocols.Tls13,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, _, _) => peers.Find(certificate) is not null,
            CheckCertificateRevocation = false,
            HandshakeTimeout = HandshakeTime,
            OnAuthenticate = (_, options) => options.AllowTlsResume = false,
        });
        listen.UseConnectionHandler<PeerListener>();
    }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (_peers.Find(connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate) is not { } node) return;
        if (_banishment.IsBanished(node)) return;

        string name = _peers.Nodes[node].Name;
        try
        {
            if (!await GreetAsync(connection, node))
            {
                _log.LogWarning("Peer {Peer} speaks for another network, epoch or node", name);
                return;
            }

            Enter(node, connection);
            _network.PeerSeen(node);
            await ReceiveAsync(connection, node);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            _log.LogDebug("Peer {Peer} left: {Reason}", name, failure.Message);
        }
        finally
        {
            Leave(node, connection);
        }
    }

    private async Task<bool> GreetAsync(ConnectionContext connection, int node)
    {
        using var handshake = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        handshake.CancelAfter(HandshakeTime);
        await using var input = connection.Transport.Input.AsStream(leaveOpen: true);
        if (!_peers.IsHelloOf(node, await PeerHello.ReadAsync(input, handshake.Token))) return false;

        await connection.Transport.Output.WriteAsync(_peers.Hello.ToFrame(), handshake.Token);
        return true;
    }

    private async Task ReceiveAsync(ConnectionContext connection, int node)
    {
        // A server that stops asks its connections to end; peers would stay for ever.
        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(
            connection.ConnectionClosed, lifetime?.ConnectionClosedRequested ?? default);
        await using var input = connection.Transport.Input.AsStream(leaveOpen: true);
        while (await PeerFrame.ReadAsync(input, Bounds.MaxFrameSize, closed.Token) is var (type, body))
        {
            if (await _frames.ReceiveAsync(new ReceivedFrame(node, type, body), closed.Token)) continue;

            var time = _banishment.Banish(node);
            _log.LogWarning(
                "Peer {Peer} sent a frame of type {Type} that is no message; it is kept out for {Seconds} s",
                _peers.Nodes[node].Name, type, time.TotalSeconds);
            return;
        }
    }

    private ConnectionContext? Connection(int node)
    {
        lock (_lock) return _connections.GetValueOrDefault(node);
    }

    // One connection per peer: a new one means that the old one is dead, or that the peer wants more than its share.
    private void Enter(int node, ConnectionContext connection)
    {
        ConnectionContext? former;
        lock (_lock)
        {
            _connections.TryGetValue(node, out former);
            _connections[node] = connection;
        }

        former?.Abort(new ConnectionAbortedException("The peer has connected again."));
    }

    private void Leave(int node, ConnectionContext connection)
    {
        lock (_lock)
        {
            if (_connections.GetValueOrDefault(node) == connection) _connections.Remove(node);
        }
    }
}
