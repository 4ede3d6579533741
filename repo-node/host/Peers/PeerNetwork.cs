using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Peers;

/// <summary>A frame that a peer has sent.</summary>
internal readonly record struct ReceivedFrame(int From, byte Type, byte[] Body);

/// <summary>All connections of this node to its peers: one to each for sending, one from each for receiving.</summary>
internal sealed class PeerNetwork
{
    private readonly Dictionary<int, OutgoingLink> _links;

    public PeerNetwork(PeerSet peers, TimeProvider time, ILogger<PeerNetwork> log) =>
        _links = peers.Others.ToDictionary(node => node, node => new OutgoingLink(peers, node, time, log));

    /// <summary>Peers that have let this node in.</summary>
    public int Connected => _links.Values.Count(link => link.Connected);

    /// <summary>Whether the peer has let this node in.</summary>
    public bool IsConnected(int node) => _links.TryGetValue(node, out var link) && link.Connected;

    /// <summary>The peer has let itself in here, so it can be called.</summary>
    public void PeerSeen(int node)
    {
        if (_links.TryGetValue(node, out var link)) link.PeerSeen();
    }

    public void Send(int node, byte type, ReadOnlySpan<byte> body)
    {
        if (_links.TryGetValue(node, out var link)) link.Send(PeerFrame.Encode(type, body));
    }

    private void Broadcast(byte type, ReadOnlySpan<byte> body)
    {
        byte[] frame = PeerFrame.Encode(type, body);
        foreach (var link in _links.Values) link.Send(frame);
    }

    public void Send(int node, PeerMessage message) => Send(node, message.Type, message.ToBody());

    public void Broadcast(PeerMessage message) => Broadcast(message.Type, message.ToBody());

    /// <summary>
    /// Calls every peer until <paramref name="stop"/>; <paramref name="connected"/> hears of each that lets this node
    /// in.
    /// </summary>
    public Task RunAsync(Action<int> connected, CancellationToken stop) =>
        Task.WhenAll(_links.Values.Select(link => link.RunAsync(connected, stop)));
}
