using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Publishing;

/// <summary>
/// The HTTP interface of a network's nodes (docs/protocol.md §10) over one log in memory. Each node can be away, refuse, or lie.
/// </summary>
internal sealed class FakeNodes : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly TestLog _log;

    public FakeNodes()
    {
        Network = TestNetwork.Create();
        _log = new TestLog(Network);
        Nodes = [.. Network.Nodes.Select(_ => new Node())];
    }

    public TestNetwork Network { get; }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>How many nodes attest checkpoints.</summary>
    public int Attesting { get; set; } = 3;

    /// <summary>Runs at the network's time.</summary>
    public TimeProvider Time { get; } = new ShiftedTime();

    public HttpClient Client() => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public void Accept(Statement statement)
    {
        _log.Accept(statement);
        _log.Seal(Time.GetUtcNow().ToUnixTimeSeconds());
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var node = Nodes[Network.Nodes.ToList().FindIndex(one => request.RequestUri!.Host.StartsWith(one.Name, StringComparison.Ordinal))];
        if (node.IsAway) throw new HttpRequestException("Connection refused.");
        if (node.HangsAt == request.Method) await Task.Delay(Timeout.Infinite, cancellationToken);
        if (request.Method == HttpMethod.Put) await Task.Delay(node.Slowness, cancellationToken);
        if (request.Method != HttpMethod.Head && (node.Dribbles || (node.DribblesStatus && request.Method == HttpMethod.Get)))
            return Dribbling();

        lock (_gate) return Answer(node, request, body);
    }

    private static HttpResponseMessage Dribbling()
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Dribble()) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/problem+json");
        return response;
    }

    private HttpResponseMessage Answer(Node node, HttpRequestMessage request, byte[] body)
    {
        string path = request.RequestUri!.AbsolutePath.TrimStart('/');
        string last = path[(path.LastIndexOf('/') + 1)..];
        return path.Split('/')[0] switch
        {
            "statements" when request.Method == HttpMethod.Post => Take(node, body),
            "statements" => StatusOf(node, last),
            "map" when MapKeyOf(last) is { } key => Ok(MapAnswerOf(node, key)),
            "tile" when Tile.TryParsePath(path, out var tile) => TileOf(node, tile),
            "artifact" => ArtifactOf(node, last, request, body),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    private HttpResponseMessage Take(Node node, byte[] body)
    {
        if (node.Refusal is { } refusal) return Problem(HttpStatusCode.UnprocessableEntity, refusal);

        Assert.True(Envelope.TryRead(body, out var envelope));
        Assert.True(Statement.TryRead(envelope, out var statement));
        node.Received++;
        if (!node.Swallows && !_log.Map.TryGet(MapKey.Statement(envelope.Id), out _))
        {
            _log.Accept(statement, envelope);
            _log.Seal(Time.GetUtcNow().ToUnixTimeSeconds());
        }

        return new HttpResponseMessage(HttpStatusCode.Accepted);
    }

    private HttpResponseMessage StatusOf(Node node, string hex)
    {
        Assert.True(Digest.TryParseHex(hex, out var id));
        var writer = new CanonicalJsonWriter().BeginObject().Field("id", id);
        if (node.Refusal is { } refusal) writer.Field("status", "refused").Field("reason", refusal);
        else if (node.SaysCertified) writer.Field("status", "certified").Field("index", 2);
        else if (_log.Map.TryGet(MapKey.Statement(id), out var value) && StatementRow.TryRead(value.Span, out var row))
            writer.Field("status", "certified").Field("index", row.Index);
        else writer.Field("status", "pending");
        return Ok(writer.EndObject().ToArray());
    }

    private byte[] MapAnswerOf(Node node, MapKey key)
    {
        byte[] note = Network.Certify(_log.Checkpoint, Time.GetUtcNow().ToUnixTimeSeconds(), Attesting);
        var answer = new MapAnswer(note, _log.Include(_log.Size.Value - 1), ProvenRow.Of(_log.Map, key)).ToBytes();
        if (node.GarblesMap) answer[^1] ^= 1;
        return answer;
    }

    private HttpResponseMessage TileOf(Node node, Tile tile)
    {
        Assert.Equal((0, 0ul), (tile.Level, tile.Index));
        byte[] data = [.. _log.Entries.Take(tile.Width).SelectMany(entry => LeafHash.Of(entry).ToArray())];
        if (node.GarblesTiles) data[0] ^= 1;
        return Ok(data);
    }

    private HttpResponseMessage ArtifactOf(Node node, string hex, HttpRequestMessage request, byte[] body)
    {
        if (!node.Artifacts.TryGetValue(hex, out var held)) node.Artifacts[hex] = held = [];
        bool whole = Digest.Of([.. held]).ToHex() == hex && !node.EndedBeforeReadingBack;
        if (request.Method == HttpMethod.Head)
            return whole ? new HttpResponseMessage(HttpStatusCode.OK) : WithOffset(new HttpResponseMessage(HttpStatusCode.NotFound), held.Count);
        if (node.SaysItHasEveryByte) return WithOffset(Problem(HttpStatusCode.Conflict, "upload-offset"), (int)request.Content!.Headers.ContentRange!.Length!);
        if (node.UploadRefusal is { } refusal) return Problem(HttpStatusCode.Forbidden, refusal);
        if (!IsPermitted(node, request, hex)) return Problem(HttpStatusCode.Forbidden, "unknown-publisher");

        if (node.EndedBeforeReadingBack && request.Content!.Headers.ContentRange?.Length == held.Count)
        {
            node.EndedBeforeReadingBack = false;
            return new HttpResponseMessage(HttpStatusCode.Created);
        }

        long first = request.Content!.Headers.ContentRange?.From ?? 0;
        if (first != held.Count) return WithOffset(Problem(HttpStatusCode.Conflict, "upload-offset"), held.Count);

        node.Ranges.Add((first, body.Length));
        held.AddRange(node.KeepsOneByte ? body[..1] : body);
        if (held.Count < (request.Content.Headers.ContentRange?.Length ?? held.Count))
            return WithOffset(new HttpResponseMessage(HttpStatusCode.Accepted), held.Count);
        if (Digest.Of([.. held]).ToHex() == hex) return new HttpResponseMessage(HttpStatusCode.Created);

        held.Clear();
        return Problem(HttpStatusCode.UnprocessableEntity, "digest-mismatch");
    }

    private bool IsPermitted(Node node, HttpRequestMessage request, string hex)
    {
        string name = Network.Nodes[Nodes.ToList().IndexOf(node)].Name;
        Assert.True(StrictDecimal.TryDecode(request.Headers.GetValues("Supplychain-Expires").Single(), out ulong expires));
        Assert.InRange((long)expires - Time.GetUtcNow().ToUnixTimeSeconds(), 1, 7_200);
        var publisher = Network.Root.Publishers[0];
        long size = request.Content!.Headers.ContentRange?.Length ?? request.Content.Headers.ContentLength ?? 0;
        Assert.True(Digest.TryParseHex(hex, out var sha256));
        byte[] message = new ByteWriter().Bytes("supplychain/upload/v2"u8).U8(0).Text16(TestNetwork.Origin).Text16(name)
            .Digest(sha256).U64((ulong)size).U64(expires).ToArray();
        return request.Headers.GetValues("Supplychain-Publisher").Single() == publisher.ToHex()
            && StrictBase64.TryDecode(request.Headers.GetValues("Supplychain-Signature").Single(), out byte[]? signature)
            && publisher.Verify(message, signature);
    }

    private static MapKey? MapKeyOf(string hex) => Digest.TryParseHex(hex, out var hash) ? new MapKey(hash) : null;

    private static HttpResponseMessage Ok(byte[] content) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };

    private static HttpResponseMessage Problem(HttpStatusCode status, string name) => new(status)
    {
        Content = new StringContent($"{{\"type\":\"urn:supplychain:problem:{name}\"}}", Encoding.UTF8, "application/problem+json"),
    };

    private static HttpResponseMessage WithOffset(HttpResponseMessage response, int offset)
    {
        response.Headers.Add("Upload-Offset", StrictDecimal.Encode((ulong)offset));
        return response;
    }

    /// <summary>One node and its manners.</summary>
    internal sealed class Node
    {
        public bool IsAway { get; set; }

        /// <summary>Refuses every statement with this name.</summary>
        public string? Refusal { get; set; }

        /// <summary>Refuses every upload with this name.</summary>
        public string? UploadRefusal { get; set; }

        /// <summary>Takes statements and does nothing with them.</summary>
        public bool Swallows { get; set; }

        /// <summary>Says "certified" whatever is true.</summary>
        public bool SaysCertified { get; set; }

        /// <summary>Answers with a body that never ends and comes a byte at a time.</summary>
        public bool Dribbles { get; set; }

        /// <summary>Never answers a request of this kind.</summary>
        public HttpMethod? HangsAt { get; set; }

        /// <summary>Before it takes a range.</summary>
        public TimeSpan Slowness { get; set; }

        /// <summary>As <see cref="Dribbles"/>, but only when it is asked for something.</summary>
        public bool DribblesStatus { get; set; }

        /// <summary>It has the bytes under another name, until somebody sends the last range again.</summary>
        public bool EndedBeforeReadingBack { get; set; }

        /// <summary>Whatever is sent, and never that it has the artifact.</summary>
        public bool SaysItHasEveryByte { get; set; }

        /// <summary>Of every range that is uploaded.</summary>
        public bool KeepsOneByte { get; set; }

        public bool GarblesMap { get; set; }

        public bool GarblesTiles { get; set; }

        public int Received { get; set; }

        public Dictionary<string, List<byte>> Artifacts { get; } = [];

        public List<(long First, int Count)> Ranges { get; } = [];
    }

    /// <summary>One byte every 20 ms, for ever.</summary>
    private sealed class Dribble : MemoryStream
    {
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(20, cancellationToken);
            buffer.Span[0] = (byte)' ';
            return 1;
        }
    }

    private sealed class ShiftedTime : TimeProvider
    {
        private readonly TimeSpan _shift = DateTimeOffset.FromUnixTimeSeconds(TestNetwork.Created + 100_000) - DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;
    }
}
