using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
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

    private readonly PeerServers _peers = new();

    public Task InitializeAsync() => _peers.ServeAsync(0);

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task A_peer_gets_in_and_its_frames_arrive_under_its_number()
    {
        using var stop = new CancellationTokenSource();
        var network = _peers.CallsOf(2);
        network.Send(0, new PeerMessage.AsksChain(7));
        var running = network.RunAsync(_ => { }, stop.Token);

        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(!_peers.Received.Frames.IsEmpty));
        var frame = Assert.Single(_peers.Received.Frames);
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
        var certificate = _peers.KeysOf(1).Transport;

        Assert.True(await IsLetInAsync(certificate, new PeerHello(Origin, 1, "node-01")));
        Assert.False(await IsLetInAsync(certificate, new PeerHello("another.example/net", 1, "node-01")));
        Assert.False(await IsLetInAsync(certificate, new PeerHello(Origin, 2, "node-01")));
        Assert.False(await IsLetInAsync(certificate, new PeerHello(Origin, 1, "node-02")));
    }

    [Fact]
    public async Task A_first_frame_that_is_no_hello_ends_the_connection()
    {
        await using var stream = await ConnectAsync(_peers.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(PeerFrame.Encode(2, new byte[50]));

        Assert.True(await IsClosedAsync(stream));
    }

    [Theory]
    [InlineData(new byte[] { 0x01, 0x00, 0x00, 0x01, 2 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 2 })]
    [InlineData(new byte[] { 0x00, 0x00, 0x00, 0x00, 2 })]
    public async Task A_frame_of_a_length_that_no_frame_has_ends_the_connection(byte[] prefix)
    {
        await using var stream = await ConnectAsync(_peers.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(stream, default));
        await stream.WriteAsync(prefix);

        Assert.True(await IsClosedAsync(stream));
        Assert.Empty(_peers.Received.Frames);
    }

    [Fact]
    public async Task A_frame_that_is_no_message_ends_the_connection()
    {
        _peers.Received.Accepts = false;
        await using var stream = await ConnectAsync(_peers.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(stream, default));
        await stream.WriteAsync(PeerFrame.Encode(99, [1, 2, 3]));

        Assert.True(await IsClosedAsync(stream));
        Assert.True(_peers.Banishment.IsBanished(1));
    }

    [Fact]
    public async Task A_banished_peer_loses_its_connection_and_comes_in_again_after_a_while()
    {
        var hello = new PeerHello(Origin, 1, "node-01");
        await using var stream = await ConnectAsync(_peers.KeysOf(1).Transport, SslProtocols.Tls13);
        await stream.WriteAsync(hello.ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(stream, default));

        _peers.Banishment.Banish(1);
        Assert.True(await IsClosedAsync(stream));
        Assert.False(await IsLetInAsync(_peers.KeysOf(1).Transport, hello));
        Assert.True(await IsLetInAsync(_peers.KeysOf(2).Transport, hello with { Name = "node-02" }));
        await LoopbackNetwork.EventuallyAsync(() => IsLetInAsync(_peers.KeysOf(1).Transport, hello));
    }

    [Fact]
    public async Task Tls_before_1_3_is_not_spoken() =>
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(_peers.KeysOf(1).Transport, SslProtocols.Tls12));

    [Fact]
    public async Task A_second_connection_of_a_peer_ends_the_first()
    {
        await using var first = await ConnectAsync(_peers.KeysOf(1).Transport, SslProtocols.Tls13);
        await first.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(first, default));
        await using var second = await ConnectAsync(_peers.KeysOf(1).Transport, SslProtocols.Tls13);
        await second.WriteAsync(new PeerHello(Origin, 1, "node-01").ToFrame());
        Assert.NotNull(await PeerHello.ReadAsync(second, default));

        Assert.True(await IsClosedAsync(first));
    }

    [Fact]
    public async Task A_caller_does_not_talk_to_a_node_with_another_key()
    {
        // Node 0 answers where node 2 should.
        NodeIdentity[] nodes = [.. _peers.Root.Nodes];
        nodes[2] = nodes[2] with { Peer = nodes[0].Peer };
        var network = PeerServers.CallsOf(new PeerSet(Origin, 1, nodes, 1, _peers.KeysOf(1).Transport));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var connected = new ConcurrentBag<int>();
        await network.RunAsync(connected.Add, stop.Token);

        Assert.Contains(0, connected);
        Assert.DoesNotContain(2, connected);
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

    private async Task<SslStream> ConnectAsync(X509Certificate2? certificate, SslProtocols protocols)
    {
        var client = new TcpClient();
        await client.ConnectAsync(_peers.AddressOf(0));
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "node-00",
            EnabledSslProtocols = protocols,
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => _peers.PeersOf(1).Find(shown) == 0,
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
}
