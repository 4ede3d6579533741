using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>Node 0 listens; everybody tries to get in.</summary>
public sealed class PeerLinkTests : IAsyncDisposable, IAsyncLifetime
{
    private const string Origin = TestNetwork.Origin;

    private readonly LoopbackNetwork _network = new();
    private readonly Received _received = new();
    private readonly Banishment _banishment = new(TimeProvider.System);
    private readonly List<WebApplication> _servers = [];

    public Task InitializeAsync() => ServeAsync(0, NetworkOf(PeersOf(0)));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        await _network.DisposeAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task A_peer_gets_in_and_its_frames_arrive_under_its_number()
    {
        using var stop = new CancellationTokenSource();
        var network = NetworkOf(PeersOf(2));
        network.Send(0, new PeerMessage.AsksChain(7));
        var running = network.RunAsync(_ => { }, stop.Token);

        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(!_received.Frames.IsEmpty));
        var frame = Assert.Single(_received.Frames);
        Assert.Equal((2, 10, 8), (frame.From, frame.Type, frame.Body.Length));
        Assert.Equal(1, network.Connected);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_certificate_that_is_not_pinned_gets_no_answer()
    {
        using var directory = new TemporaryDirectory();
        NodeKeys.Create(new NodeFiles(directory.Path), "stranger");
        using var stranger = NodeKeys.Load(new NodeFiles(directory.Path));

        Assert.False(await IsLetInAsync(stranger.Transport, new PeerHello(Origin, 1, "node-01")));
    }

    [Fact]
    public async Task A_client_without_a_certificate_gets_no_answer() =>
        Assert.False(await IsLetInAsync(null, new PeerHello(Origin, 1, "node-01")));

    [Fact]
    public async Task A_peer_gets_in_with_its_own_hello_only()
    {
        var certificate = _network.KeysOf(1).Transport;

        Assert.True(await IsLetInAsync(certificate, new PeerHello(Origin, 1, "node-01")));
        Assert.False(await IsLetInAsync(certificate, new PeerHello("another.example/net", 1, "node-01")));
        Assert.False(await IsLetInAsync(certificate, new PeerHello(Origin, 2, "node-01")));
        Assert.False(await IsLetInAsync(certificate, new PeerHello(Origin, 1, "node-02")));
    }

    [Fact]
    public async Task A_first_frame_that_is_no_hello_ends_the_connection()
    {
        await using var stream = await ConnectAsync(_network.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(PeerFrame.Encode(2, new byte[50]));

        Assert.True(await IsClosedAsync(stream));
    }

    [Theory]
    [InlineData(new byte[] { 0x01, 0x00, 0x00, 0x01, 2 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 2 })]
    [InlineData(new byte[] { 0x00, 0x00, 0x00, 0x00, 2 })]
    public async Task A_frame_of_a_length_that_no_frame_has_ends_the_connection(byte[] prefix)
    {
        await using var stream = await ConnectAsync(_network.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(stream, default));
        await stream.WriteAsync(prefix);

        Assert.True(await IsClosedAsync(stream));
        Assert.Empty(_received.Frames);
    }

    [Fact]
    public async Task A_frame_that_is_no_message_ends_the_connection()
    {
        _received.Accepts = false;
        await using var stream = await ConnectAsync(_network.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(stream, default));
        await stream.WriteAsync(PeerFrame.Encode(99, [1, 2, 3]));

        Assert.True(await IsClosedAsync(stream));
        Assert.True(_banishment.IsBanished(1));
    }

    [Fact]
    public async Task A_banished_peer_loses_its_connection_and_comes_in_again_after_a_while()
    {
        var hello = new PeerHello(Origin, 1, "node-01");
        await using var stream = await ConnectAsync(_network.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(hello.ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(stream, default));

        _banishment.Banish(1);
        Assert.True(await IsClosedAsync(stream));
        Assert.False(await IsLetInAsync(_network.KeysOf(1).Transport, hello));
        Assert.True(await IsLetInAsync(_network.KeysOf(2).Transport, hello with { Name = "node-02" }));
        await LoopbackNetwork.EventuallyAsync(() => IsLetInAsync(_network.KeysOf(1).Transport, hello));
    }

    [Fact]
    public async Task Tls_before_1_3_is_not_spoken() =>
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(_network.KeysOf(1).Transport, SslProtocols.Tls12));

    [Fact]
    public async Task A_second_connection_of_a_peer_ends_the_first()
    {
        await using var first = await ConnectAsync(_network.KeysOf(1).Transport, SslProtocols.Tls13);
        await first.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(first, default));
        await using var second = await ConnectAsync(_network.KeysOf(1).Transport, SslProtocols.Tls13);
        await second.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(second, default));

        Assert.True(await IsClosedAsync(first));
    }

    [Fact]
    public async Task A_caller_does_not_talk_to_a_node_with_another_key()
    {
        // Node 0 answers where node 2 should.
        NodeIdentity[] nodes = [.. _network.Network.Root.Nodes];
        nodes[2] = nodes[2] with { Peer = nodes[0].Peer };
        var network = NetworkOf(new PeerSet(Origin, 1, nodes, 1, _network.KeysOf(1).Transport));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var connected = new ConcurrentBag<int>();
        await network.RunAsync(connected.Add, stop.Token);

        Assert.Contains(0, connected);
        Assert.DoesNotContain(2, connected);
    }

    [Fact]
    public async Task A_peer_that_comes_back_is_called_back_at_once()
    {
        var patience = new ShortTimers();
        using var stop = new CancellationTokenSource();
        var calls = NetworkOf(PeersOf(1), patience);
        var calling = calls.RunAsync(_ => { }, stop.Token);
        await patience.LongWait.WaitAsync(TimeSpan.FromSeconds(30));

        // Node 2 is there from now on, and node 1 would never find out by itself.
        await ServeAsync(2, NetworkOf(PeersOf(2)));
        await ServeAsync(1, calls);
        var returned = NetworkOf(PeersOf(2)).RunAsync(_ => { }, stop.Token);

        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(calls.IsConnected(2)));
        await stop.CancelAsync();
        await Task.WhenAll(calling, returned);
    }

    [Fact]
    public async Task A_full_queue_drops_the_oldest()
    {
        var queue = new OutgoingQueue(maxFrames: 3, maxBytes: 10);
        for (byte i = 0; i < 5; i++) queue.Enqueue([i]);
        Assert.Equal([2], await queue.DequeueAsync(default));

        queue.Enqueue(new byte[9]);
        Assert.Equal([4], await queue.DequeueAsync(default));
        Assert.Equal(9, (await queue.DequeueAsync(default)).Length);
    }

    private IPEndPoint Address => AddressOf(0);

    private IPEndPoint AddressOf(int node) => IPEndPoint.Parse(_network.Network.Root.Nodes[node].Peer);

    private async Task ServeAsync(int node, PeerNetwork calls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(AddressOf(node), listen => PeerListener.Configure(listen, PeersOf(node))));
        builder.Services.AddSingleton(PeersOf(node)).AddSingleton<IPeerFrames>(_received).AddSingleton(_banishment)
            .AddSingleton(calls).AddSingleton<PeerListener>();
        _servers.Add(builder.Build());
        await _servers[^1].StartAsync();
    }

    private PeerSet PeersOf(int node) =>
        new(Origin, 1, _network.Network.Root.Nodes, node, _network.KeysOf(node).Transport);

    private static PeerNetwork NetworkOf(PeerSet peers, TimeProvider? time = null) =>
        new(peers, time ?? TimeProvider.System, NullLogger<PeerNetwork>.Instance);

    private async Task<SslStream> ConnectAsync(X509Certificate2? certificate, SslProtocols protocols)
    {
        var client = new TcpClient();
        await client.ConnectAsync(Address);
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "node-00",
            EnabledSslProtocols = protocols,
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => PeersOf(1).Find(shown) == 0,
        });
        return stream;
    }

    private async Task<bool> IsLetInAsync(X509Certificate2? certificate, PeerHello hello)
    {
        try
        {
            await using var stream = await ConnectAsync(certificate, SslProtocols.Tls13);
            await stream.WriteAsync(hello.ToFrame());
            return await PeerHello.ReadAsync(stream, default) is not null;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> IsClosedAsync(SslStream stream)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            return await stream.ReadAsync(new byte[1], deadline.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class Received : IPeerFrames
    {
        public ConcurrentQueue<ReceivedFrame> Frames { get; } = new();

        public bool Accepts { get; set; } = true;

        public ValueTask<bool> ReceiveAsync(ReceivedFrame frame, CancellationToken stop)
        {
            Frames.Enqueue(frame);
            return ValueTask.FromResult(Accepts);
        }
    }

    /// <summary>Waits as long as was asked for up to half a second, and for ever when asked for more.</summary>
    private sealed class ShortTimers : TimeProvider
    {
        private readonly TaskCompletionSource _longWait = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waits;

        /// <summary>Ends when both peers that are out of reach are waited for that long; the third is there.</summary>
        public Task LongWait => _longWait.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= TimeSpan.FromSeconds(0.5)) return base.CreateTimer(callback, state, dueTime, period);
            if (Interlocked.Increment(ref _waits) == 2) _longWait.SetResult();
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
