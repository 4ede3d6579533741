using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Serilog;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Api;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Operations.Uploads;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>
/// Four whole nodes on the loopback interface, with the keys of the <see cref="TestNetwork"/> and real certificates.
/// </summary>
internal sealed class LoopbackNetwork : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly int[] _ports = FreePorts(2 * Size);
    private readonly NodeKeys[] _keys;
    private readonly Node?[] _nodes = new Node?[Size];

    public const int Size = 4;

    public LoopbackNetwork()
    {
        _keys = [.. Enumerable.Range(0, Size).Select(CreateKeys)];
        Network = TestNetwork.Create(Size, identity =>
        {
            int node = int.Parse(identity.Name.AsSpan("node-".Length), CultureInfo.InvariantCulture);
            return identity with
            {
                TransportPin = _keys[node].TransportPin,
                Url = $"http://127.0.0.1:{_ports[2 * node]}",
                Peer = $"127.0.0.1:{_ports[2 * node + 1]}",
            };
        });
        Clients = [.. Network.Root.Nodes.Select(node => new HttpClient { BaseAddress = new Uri(node.Url) })];
    }

    public TestNetwork Network { get; }

    /// <summary>One per node, at its URL.</summary>
    public HttpClient[] Clients { get; }

    /// <summary>Of nodes that are started from now on.</summary>
    public UploadLimits UploadLimits { get; set; } = UploadLimits.Default;

    public NodeKeys KeysOf(int node) => _keys[node];

    public NodeFiles FilesOf(int node) => new(_directory[$"node-{node}"]);

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    public Task StartAsync(int node) => StartAsync(node, TimeProvider.System);

    /// <summary>With a clock of its own.</summary>
    public async Task StartAsync(int node, TimeProvider time)
    {
        Assert.True(FirstRoot.Read(Network.RootEnvelope.ToBytes()).TryGet(out var root, out _));
        Assert.Equal(node, root.Find(_keys[node]));
        var addresses = new ListenAddresses(AddressOf(2 * node), AddressOf(2 * node + 1));
        var silence = new LoggerConfiguration().CreateLogger();
        var started = new Node(FilesOf(node), _keys[node], root, node, addresses, UploadLimits, time, silence);
        await started.StartAsync(default);
        _nodes[node] = started;
    }

    public Task StartAllAsync() => Task.WhenAll(Enumerable.Range(0, Size).Select(StartAsync));

    public async Task StopAsync(int node)
    {
        if (_nodes[node] is { } running) await running.DisposeAsync();
        _nodes[node] = null;
    }

    /// <summary>A release of these bytes, on top of nothing or of another.</summary>
    public static Release ReleaseOf(byte[] bytes, string version, ulong sequence = 1, Digest? previous = null) =>
        TestNetwork.ReleaseOf(version, sequence, previous) with
        {
            Artifacts = [ArtifactStoreTests.StatedOf(bytes)],
        };

    /// <summary>An upload request to a node, the first unless told otherwise, as a publisher signs it for an hour.</summary>
    public HttpRequestMessage Upload(
        byte[] bytes, Ed25519PrivateKey? publisher = null, int node = 0, TimeSpan? lifetime = null)
    {
        var key = publisher ?? Network.Publisher;
        ulong expires = (ulong)(DateTimeOffset.UtcNow + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds();
        var sha256 = Digest.Of(bytes);
        var request = new HttpRequestMessage(HttpMethod.Put, $"/artifact/sha256/{sha256}");
        request.Content = new ByteArrayContent(bytes);
        request.Headers.Add(UploadPermission.PublisherHeader, key.PublicKey.ToHex());
        request.Headers.Add(UploadPermission.ExpiresHeader, StrictDecimal.Encode(expires));
        byte[] signature = key.Sign(
            UploadPermission.Message(TestNetwork.Origin, Network.Root.Nodes[node].Name, sha256, bytes.Length, expires));
        request.Headers.Add(UploadPermission.SignatureHeader, Convert.ToBase64String(signature));
        return request;
    }

    public Task<HttpResponseMessage> SubmitAsync(int node, Statement statement) => SubmitAsync(node, Network.Sign(statement));

    public async Task<HttpResponseMessage> SubmitAsync(int node, Envelope envelope) =>
        await Clients[node].PostAsync("/statements", new ByteArrayContent(envelope.ToBytes()));

    /// <summary>Asks until the node says so of the statement.</summary>
    public Task WaitForAsync(int node, Statement statement, string status) => EventuallyAsync(async () =>
    {
        string answer = await Clients[node].GetStringAsync($"/statements/{statement.Id()}");
        return answer.Contains($"\"status\":\"{status}\"", StringComparison.Ordinal);
    });

    public Task WaitForCertifiedAsync(int node) => EventuallyAsync(async () =>
    {
        using var answer = await Clients[node].GetAsync("/checkpoint");
        return answer.IsSuccessStatusCode;
    });

    public static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(25); ; await Task.Delay(50))
        {
            try
            {
                if (await holds()) return;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < deadline)
            {
                // Not there yet.
            }

            Assert.True(DateTime.UtcNow < deadline, "It did not happen in time.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Size).Select(StopAsync));
        foreach (var client in Clients) client.Dispose();
        foreach (var keys in _keys) keys.Dispose();
        _directory.Dispose();
    }

    // The kit's trust root has the kit's keys; only the certificate is made anew.
    private NodeKeys CreateKeys(int node)
    {
        var files = FilesOf(node);
        NodeKeys.Create(files, $"node-{node:d2}");
        File.WriteAllText(files.VoteKey, SeedOf($"vote {node}"));
        File.WriteAllText(files.AttestationKey, SeedOf($"attestation {node}"));
        File.WriteAllText(files.LogKey, SeedOf($"log {node}"));
        return NodeKeys.Load(files);
    }

    private static string SeedOf(string key) => Convert.ToHexStringLower(TestNetwork.Seed(key));

    private ListenAddress AddressOf(int port) => new("127.0.0.1", _ports[port]);
}
