using System.Collections.Concurrent;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;

namespace SupplyChain.UpdaterAgent.Tests.Network;

/// <summary>All nodes of a test network behind one HTTP client, without sockets.</summary>
internal sealed class FakeNetwork : HttpMessageHandler
{
    private readonly Lock _answering = new();
    private readonly List<(Statement Statement, Envelope Entry)> _statements = [];

    /// <param name="place">Gives nodes other addresses, for programs that connect to them.</param>
    public FakeNetwork(Func<NodeIdentity, NodeIdentity>? place = null)
    {
        Keys = TestNetwork.Create(place: place);
        Log = new TestLog(Keys);
        NewestRoot = Keys.Root;
        Maintainers = Keys.Maintainers;
        Nodes = [.. Keys.Nodes.Select(node => new FakeNode(this, node))];
    }

    public TestNetwork Keys { get; }

    public TrustRoot Root => Keys.Root;

    /// <summary>The newest, which only those who walked to it know.</summary>
    public TrustRoot NewestRoot { get; private set; }

    /// <summary>Who signs releases and promotions now.</summary>
    public TestGroup Maintainers { get; set; }

    /// <summary>The whole log, which nodes show unless told otherwise.</summary>
    public TestLog Log { get; }

    public IReadOnlyList<FakeNode> Nodes { get; }

    public Dictionary<Digest, byte[]> Artifacts { get; } = [];

    /// <summary>Everything asked for, in order: node and path.</summary>
    public ConcurrentQueue<(int Node, string Path)> Requests { get; } = new();

    /// <summary>The nodes' clock, Unix seconds.</summary>
    public long Now { get; set; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>What the next offer follows; a rotation that marks a key takes it back.</summary>
    public (Release? Release, Promotion? Promotion) Newest { get; set; }

    /// <summary>Publishes and promotes a version, and gives all nodes its bytes.</summary>
    public Release Offer(string version, byte[] payload, Func<Release, Release>? change = null)
    {
        var artifact = new Artifact("payload.bin", Digest.Of(payload), VerityHasher.Compute(payload).Digest, (ulong)payload.Length);
        var (last, promoted) = Newest;
        var release = TestNetwork.ReleaseOf(version, (last?.Sequence ?? 0) + 1, last?.Id()) with { Artifacts = [artifact] };
        release = change is null ? release : change(release);
        Artifacts[Digest.Of(payload)] = payload;
        Publish(release);
        var promotion = TestNetwork.PromotionOf(release, promoted?.Id());
        Publish(promotion);
        Newest = (release, promotion);
        return release;
    }

    public void Revoke(Release release) => Publish(TestNetwork.RevocationOf(release));

    /// <summary>The log when it had this many statements; 0 is the new network's.</summary>
    public TestLog LogAfter(int statements)
    {
        var log = new TestLog(Keys);
        foreach (var (statement, entry) in _statements.Take(statements)) Append(log, statement, entry);
        return log;
    }

    /// <summary>The hashes of a log's tree.</summary>
    public static MemoryTree TreeOf(TestLog log)
    {
        var tree = new MemoryTree();
        foreach (byte[] entry in log.Entries) tree.Append(entry);
        return tree;
    }

    /// <summary>Logs the rotation to a root, signed by these groups, who may be the wrong ones.</summary>
    public void Rotate(TrustRoot next, params TestGroup[] signers)
    {
        Publish(next.ToRotation(), next.SignedBy(signers));
        NewestRoot = next;
    }

    public void Publish(Statement statement) => Publish(statement, Maintainers.Sign(statement));

    private void Publish(Statement statement, Envelope entry)
    {
        _statements.Add((statement, entry));
        Append(Log, statement, entry);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // As over a network: the caller goes on, and what is cancelled ends.
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return Answer(request);
    }

    /// <summary>The answer of the node at the request's address.</summary>
    public HttpResponseMessage Answer(HttpRequestMessage request)
    {
        int node = IndexAt(request.RequestUri!);
        Requests.Enqueue((node, request.RequestUri!.PathAndQuery));
        // One answer at a time: a test may change the log in the middle of a download.
        lock (_answering) return Nodes[node].Answer(request);
    }

    /// <summary>The node whose address this is.</summary>
    public FakeNode NodeAt(Uri address) => Nodes[IndexAt(address)];

    private int IndexAt(Uri address) => Root.Nodes.ToList().FindIndex(identity => new Uri(identity.Url).Authority == address.Authority);

    // The same statements give the same log, entry by entry, so an old log is a prefix of the new one.
    private static void Append(TestLog log, Statement statement, Envelope entry)
    {
        log.Accept(statement, entry);
        log.Seal(TestNetwork.Created);
    }
}
