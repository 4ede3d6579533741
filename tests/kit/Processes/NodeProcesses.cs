using System.Net;
using System.Net.Sockets;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Tests.Kit.Processes;

/// <summary>
/// A network of real <c>repo-node</c> processes on the loopback interface, under the roles of <see cref="TestNetwork"/>.
/// The nodes make their own keys; nothing runs until it is started.
/// </summary>
public sealed class NodeProcesses : IAsyncDisposable
{
    /// <summary>Checkpoints are stale after 10 s, so that a test can see it happen.</summary>
    public static readonly Freshness ShortFreshness = new(MaxAge: 10, Skew: 5, AttestEvery: 2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private NodeProcesses(string folder, TestNetwork network, IReadOnlyList<NodeProcess> nodes)
    {
        (Network, Nodes, TrustRoot) = (network, nodes, Path.Combine(folder, "trust-root.json"));
        File.WriteAllBytes(TrustRoot, network.RootEnvelope.ToBytes());
    }

    public TestNetwork Network { get; }

    /// <summary>In the trust root's order.</summary>
    public IReadOnlyList<NodeProcess> Nodes { get; }

    /// <summary>The trust root's file.</summary>
    public string TrustRoot { get; }

    /// <summary>Makes every node's keys and the trust root that names them.</summary>
    /// <param name="folder">Holds everything: <c>node-00</c> and so on, and the trust root.</param>
    /// <param name="nodes">3f+1.</param>
    /// <param name="freshness"><see cref="ShortFreshness"/> unless told.</param>
    public static async Task<NodeProcesses> CreateAsync(string folder, int nodes = 4, Freshness? freshness = null)
    {
        int[] ports = FreePorts(2 * nodes);
        var identities = new Dictionary<string, NodeIdentity>();
        var processes = new List<NodeProcess>();
        for (int node = 0; node < nodes; node++)
        {
            string name = $"node-{node:d2}", data = Path.Combine(folder, name);
            var (exit, said) = await NodeProcess.RunAsync(
                "init", "--name", name, "--data", data,
                "--listen", $"127.0.0.1:{ports[2 * node]}", "--listen-peers", $"127.0.0.1:{ports[2 * node + 1]}");
            if (exit != 0 || !NodeIdentity.TryRead(File.ReadAllBytes(Path.Combine(data, "node.json")), out var identity))
                throw new InvalidOperationException($"repo-node init failed: {said}");

            identities.Add(name, identity);
            processes.Add(new NodeProcess(name, data, new Uri(identity.Url)));
        }

        var network = TestNetwork.Create(nodes, named => identities[named.Name], freshness ?? ShortFreshness);
        return new NodeProcesses(folder, network, processes);
    }

    public void Start(int node) => Nodes[node].Start(TrustRoot);

    public async Task StartAllAsync()
    {
        for (int node = 0; node < Nodes.Count; node++) Start(node);
        foreach (var node in Nodes) await CertifiedAsync(node);
    }

    /// <summary>Waits until the node serves a certified checkpoint of at least this size.</summary>
    public static async Task<Checkpoint> CertifiedAsync(NodeProcess node, ulong size = 0)
    {
        Checkpoint? checkpoint = null;
        await EventuallyAsync(node, async () =>
        {
            checkpoint = await new ServedLog(node.Http).CheckpointAsync();
            return checkpoint?.Size.Value >= size;
        });
        return checkpoint!;
    }

    /// <summary>Waits until this holds; a node that does not answer is asked again while it runs.</summary>
    public static async Task EventuallyAsync(NodeProcess node, Func<Task<bool>> holds, TimeSpan? patience = null)
    {
        for (var deadline = DateTime.UtcNow + (patience ?? Patience); ; await Task.Delay(50))
        {
            try
            {
                if (await holds()) return;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                // It does not answer, or not yet.
            }

            if (!node.IsRunning) throw new InvalidOperationException($"{node.Name} ended. It said:\n{node.Said}");
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"{node.Name} did not get there in time. It said:\n{node.Said}");
        }
    }

    /// <summary>Gives a node bytes, as a publisher does.</summary>
    public async Task UploadAsync(NodeProcess node, byte[] bytes)
    {
        var sha256 = Digest.Of(bytes);
        ulong expires = (ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        byte[] message = new ByteWriter().Bytes("supplychain/upload/v2"u8).U8(0).Text16(TestNetwork.Origin)
            .Text16(node.Name).Digest(sha256).U64((ulong)bytes.Length).U64(expires).ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/artifact/sha256/{sha256}");
        request.Content = new ByteArrayContent(bytes);
        request.Headers.Add("Supplychain-Publisher", Network.Publisher.PublicKey.ToHex());
        request.Headers.Add("Supplychain-Expires", StrictDecimal.Encode(expires));
        request.Headers.Add("Supplychain-Signature", Convert.ToBase64String(Network.Publisher.Sign(message)));
        using var answer = await node.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Hands a statement to a node, signed by the role that must.</summary>
    public Task<HttpResponseMessage> SubmitAsync(NodeProcess node, Statement statement) =>
        SubmitAsync(node, Network.Sign(statement));

    public static Task<HttpResponseMessage> SubmitAsync(NodeProcess node, Envelope envelope) =>
        node.Http.PostAsync("/statements", new ByteArrayContent(envelope.ToBytes()));

    /// <summary>What the node says became of a statement: <c>pending</c>, <c>final</c>, …; null when it knows none.</summary>
    public static async Task<string?> StatusAsync(NodeProcess node, Digest id)
    {
        using var answer = await node.Http.GetAsync($"/statements/{id}");
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;

        using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return json.RootElement.GetProperty("status").GetString();
    }

    /// <summary>A release of these bytes, with their true digests.</summary>
    public static Release ReleaseOf(byte[] bytes, string version, ulong sequence = 1, Digest? previous = null) =>
        TestNetwork.ReleaseOf(version, sequence, previous) with
        {
            Artifacts =
            [
                new Artifact("payload.bin", Digest.Of(bytes), VerityHasher.Compute(bytes).Digest, (ulong)bytes.Length),
            ],
        };

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
    }

    // All are held at once, so that no port is handed out twice; the nodes bind them a moment later.
    private static int[] FreePorts(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var listener in held) listener.Start();
        int[] ports = [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in held) listener.Dispose();
        return ports;
    }
}
