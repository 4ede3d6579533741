using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Peers;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>The peers' ports of some nodes of a network, and nothing else of them.</summary>
internal sealed class PeerServers : IAsyncDisposable
{
    private readonly LoopbackNetwork _network = new();
    private readonly List<WebApplication> _servers = [];

    /// <summary>What came in at any of them.</summary>
    public ReceivedFrames Received { get; } = new();

    public Banishment Banishment { get; } = new(TimeProvider.System);

    public TrustRoot Root => _network.Network.Root;

    public NodeKeys KeysOf(int node) => _network.KeysOf(node);

    public IPEndPoint AddressOf(int node) => IPEndPoint.Parse(Root.Nodes[node].Peer);

    /// <summary>Listens for a node; whoever calls it is called back on <paramref name="calls"/>.</summary>
    public async Task ServeAsync(int node, PeerNetwork? calls = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(AddressOf(node), listen => PeerListener.Configure(listen, PeersOf(node))));
        builder.Services.AddSingleton(PeersOf(node)).AddSingleton<IPeerFrames>(Received).AddSingleton(Banishment)
            .AddSingleton(calls ?? CallsOf(node)).AddSingleton<PeerListener>();
        _servers.Add(builder.Build());
        await _servers[^1].StartAsync();
    }

    public PeerSet PeersOf(int node) =>
        new(TestNetwork.Origin, 1, Root.Nodes, node, KeysOf(node).Transport);

    /// <summary>What a node calls its peers with.</summary>
    public PeerNetwork CallsOf(int node, TimeProvider? time = null) => CallsOf(PeersOf(node), time);

    public static PeerNetwork CallsOf(PeerSet peers, TimeProvider? time = null) =>
        new(peers, time ?? TimeProvider.System, NullLogger<PeerNetwork>.Instance);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        await _network.DisposeAsync();
    }
}

/// <summary>Keeps what comes in.</summary>
internal sealed class ReceivedFrames : IPeerFrames
{
    public ConcurrentQueue<ReceivedFrame> Frames { get; } = new();

    public bool Accepts { get; set; } = true;

    /// <summary>A frame is taken, and no other of its connection any more.</summary>
    public bool Stalls { get; set; }

    public async ValueTask<bool> ReceiveAsync(ReceivedFrame frame, CancellationToken stop)
    {
        bool stalls = Stalls;
        Frames.Enqueue(frame);
        if (stalls) await Task.Delay(Timeout.Infinite, stop);
        return Accepts;
    }
}
