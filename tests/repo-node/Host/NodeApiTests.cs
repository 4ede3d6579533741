using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using static SupplyChain.RepoNode.Tests.Host.Problems;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>The node interface as anybody on the network can use it, and misuse it.</summary>
public sealed class NodeApiTests(NodeApiTests.Running running) : IClassFixture<NodeApiTests.Running>
{
    private static readonly string Unknown = new('0', 64);

    private LoopbackNetwork Nodes => running.Nodes;

    private HttpClient Client => Nodes.Clients[0];

    [Fact]
    public async Task The_checkpoint_is_certified_and_never_cached()
    {
        using var answer = await Client.GetAsync("/checkpoint");

        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        string note = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith($"{TestNetwork.Origin}\n2\n", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tiles_and_the_trust_root_are_immutable()
    {
        foreach (string path in new[] { "/tile/0/000.p/2", "/tile/entries/000.p/1", "/trust/1.update" })
        {
            using var answer = await Client.GetAsync(path);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(Nodes.Network.RootEnvelope.ToBytes(), await Client.GetByteArrayAsync("/trust/1.update"));
    }

    [Theory]
    [InlineData("/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/trust/2.update", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/tile/0/000", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/tile/0/000.p/200", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/tile/0/00", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/tile/9/000", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/tile/0/..%2f..%2fsigning%2fvote.key", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/artifact/sha256/%2e%2e", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/artifact/sha256/ABC", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/map/xyz", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/latest/Linux/stable", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/latest/linux/stable?from=02", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/latest/linux/stable?from=1&from=2", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/statements/1", HttpStatusCode.BadRequest, "malformed")]
    public async Task Requests_that_have_no_answer_get_a_problem(string path, HttpStatusCode status, string name) =>
        await AssertProblemAsync(await Client.GetAsync(path), status, name);

    [Fact]
    public async Task An_unknown_statement_is_not_found()
    {
        var answer = await Client.GetAsync($"/statements/{Unknown}");
        await AssertProblemAsync(answer, HttpStatusCode.NotFound, "unknown-statement");
    }

    [Fact]
    public async Task A_client_that_is_ahead_of_the_node_gets_a_bundle_without_consistency()
    {
        byte[] bundle = await Client.GetByteArrayAsync("/latest/linux/stable?from=9007199254740991");

        Assert.True(Protocol.Verification.UpdateProof.TryRead(bundle, out var proof));
        Assert.Null(proof.Consistency);
    }

    [Fact]
    public async Task An_artifact_is_uploaded_in_ranges_and_read_in_ranges()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(700_001);
        string path = PathOf(bytes);
        using var first = await Client.SendAsync(Part(bytes, 0, 300_000));
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal("300000", first.Headers.GetValues("Upload-Offset").Single());

        using var held = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(HttpStatusCode.NotFound, held.StatusCode);
        Assert.Equal("300000", held.Headers.GetValues("Upload-Offset").Single());

        using var gap = await Client.SendAsync(Part(bytes, 400_000, 1000));
        Assert.Equal("300000", gap.Headers.GetValues("Upload-Offset").Single());
        await AssertProblemAsync(gap, HttpStatusCode.Conflict, "upload-offset");

        using var rest = await Client.SendAsync(Part(bytes, 300_000, 400_001));
        Assert.Equal(HttpStatusCode.Created, rest.StatusCode);

        var range = new HttpRequestMessage(HttpMethod.Get, path);
        range.Headers.Range = new RangeHeaderValue(524_288, 524_299);
        using var piece = await Client.SendAsync(range);
        Assert.Equal(HttpStatusCode.PartialContent, piece.StatusCode);
        Assert.Equal(bytes[524_288..524_300], await piece.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{Digest.Of(bytes)}\"", piece.Headers.ETag!.Tag);
        Assert.Contains("immutable", piece.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        using var whole = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(bytes.Length, whole.Content.Headers.ContentLength);
        byte[] tree = Protocol.Artifacts.VerityHasher.Compute(bytes).Bytes.ToArray();
        Assert.Equal(tree, await Client.GetByteArrayAsync($"{path}/tree"));
    }

    [Fact]
    public async Task Bytes_of_another_digest_are_refused_and_forgotten()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(5_000);
        using var upload = Nodes.Upload(bytes);
        upload.Content = new ByteArrayContent([.. bytes[1..], 7]);
        await AssertProblemAsync(await Client.SendAsync(upload), HttpStatusCode.UnprocessableEntity, "digest-mismatch");

        using var held = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, PathOf(bytes)));
        Assert.Equal("0", held.Headers.GetValues("Upload-Offset").Single());
    }

    [Fact]
    public async Task A_body_longer_or_shorter_than_its_range_is_refused()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(6_000);
        foreach (int length in new[] { 999, 1_001 })
        {
            using var request = Part(bytes, 0, length);
            request.Content!.Headers.ContentRange = new ContentRangeHeaderValue(0, 999, bytes.Length);
            await AssertProblemAsync(await Client.SendAsync(request), HttpStatusCode.BadRequest, "malformed");
        }
    }

    [Fact]
    public async Task Strangers_upload_nothing()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(7_000);
        using var stranger = Ed25519PrivateKey.FromSeed(TestNetwork.Seed("stranger"));
        var refused = await Client.SendAsync(Nodes.Upload(bytes, stranger));
        await AssertProblemAsync(refused, HttpStatusCode.Forbidden, "unknown-publisher");

        refused = await Client.PutAsync(PathOf(bytes), new ByteArrayContent(bytes));
        await AssertProblemAsync(refused, HttpStatusCode.Forbidden, "unknown-publisher");

        // The permission for one artifact is none for another.
        using var other = Nodes.Upload(bytes);
        other.RequestUri = new Uri($"/artifact/sha256/{Unknown}", UriKind.Relative);
        await AssertProblemAsync(await Client.SendAsync(other), HttpStatusCode.Forbidden, "unknown-publisher");
    }

    [Fact]
    public async Task A_permit_is_for_one_node_and_for_a_while()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(7_500);
        using var elsewhere = Nodes.Upload(bytes, node: 1);
        await AssertProblemAsync(await Client.SendAsync(elsewhere), HttpStatusCode.Forbidden, "unknown-publisher");

        using var over = Nodes.Upload(bytes, lifetime: TimeSpan.FromSeconds(-1));
        await AssertProblemAsync(await Client.SendAsync(over), HttpStatusCode.Forbidden, "permit-expired");

        using var endless = Nodes.Upload(bytes, lifetime: TimeSpan.FromDays(1));
        await AssertProblemAsync(await Client.SendAsync(endless), HttpStatusCode.Forbidden, "permit-too-long");

        using var made = Nodes.Upload(bytes);
        made.Headers.Remove(Api.UploadPermission.ExpiresHeader);
        made.Headers.Add(Api.UploadPermission.ExpiresHeader, "9007199254740991");
        await AssertProblemAsync(await Client.SendAsync(made), HttpStatusCode.Forbidden, "unknown-publisher");
    }

    [Fact]
    public async Task A_statement_that_is_none_is_malformed()
    {
        await AssertProblemAsync(await PostAsync("{}"u8.ToArray()), HttpStatusCode.BadRequest, "malformed");
        byte[] nothingSaid = Envelope.Of("no statement"u8).ToBytes();
        await AssertProblemAsync(await PostAsync(nothingSaid), HttpStatusCode.BadRequest, "malformed");
        byte[] large = new byte[Limits.MaxEntrySize + 1];
        await AssertProblemAsync(await PostAsync(large), HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task A_release_without_its_bytes_is_refused()
    {
        var release = LoopbackNetwork.ReleaseOf(ArtifactStoreTests.Pattern(8_000), "6.1.10");

        await AssertProblemAsync(await Nodes.SubmitAsync(0, release), HttpStatusCode.Conflict, "artifact-missing");
    }

    [Fact]
    public async Task A_release_that_states_what_its_bytes_are_not_is_refused_for_good()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(9_000);
        using var uploaded = await Client.SendAsync(Nodes.Upload(bytes));
        var right = LoopbackNetwork.ReleaseOf(bytes, "6.1.10");
        var artifact = right.Artifacts[0];
        foreach (var wrong in new[] { artifact with { FsVerity = Digest.Of([9]) }, artifact with { Size = 9_001 } })
        {
            var answer = await Nodes.SubmitAsync(0, right with { Artifacts = [wrong] });
            await AssertProblemAsync(answer, HttpStatusCode.UnprocessableEntity, "artifact-mismatch");
        }
    }

    [Fact]
    public async Task A_release_that_nobody_signed_is_refused_before_its_artifacts_are_looked_at()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(9_500);
        var missing = LoopbackNetwork.ReleaseOf(bytes, "6.1.10");
        await AssertProblemAsync(await PostAsync(Forged(missing)), HttpStatusCode.UnprocessableEntity, "wrong-signature");

        using var uploaded = await Client.SendAsync(Nodes.Upload(bytes));
        var wrong = missing with { Artifacts = [missing.Artifacts[0] with { FsVerity = Digest.Of([9]) }] };
        await AssertProblemAsync(await PostAsync(Forged(wrong)), HttpStatusCode.UnprocessableEntity, "wrong-signature");
    }

    [Fact]
    public async Task A_ledger_rule_refuses_by_its_name()
    {
        var promotion = TestNetwork.PromotionOf(TestNetwork.ReleaseOf("6.1.10"));
        var refused = await Nodes.SubmitAsync(0, promotion);
        await AssertProblemAsync(refused, HttpStatusCode.UnprocessableEntity, "unknown-release");

        await AssertProblemAsync(await PostAsync(Forged(promotion)), HttpStatusCode.UnprocessableEntity, "wrong-signature");
        await AssertProblemAsync(
            await PostAsync(Nodes.Network.RootEnvelope.ToBytes()), HttpStatusCode.UnprocessableEntity, "stale");
    }

    [Fact]
    public async Task Health_is_one_object_with_the_nodes_position()
    {
        byte[] answer = await Client.GetByteArrayAsync("/healthz");

        Assert.True(Api.NodeStatus.TryRead(answer, out var status));
        Assert.Equal(("node-00", TestNetwork.Origin), (status.Name, status.Origin));
        Assert.Equal((2UL, 2UL, 3), (status.TreeSize, status.CertifiedSize, status.Quorum));
    }

    [Fact]
    public async Task Whoever_writes_too_much_is_told_to_wait()
    {
        // Node 3, so that the other tests find their node open.
        var answers = await Task.WhenAll(Enumerable.Range(0, 400)
            .Select(_ => Nodes.Clients[3].PostAsync("/statements", new ByteArrayContent([1]))));

        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        await AssertProblemAsync(refused[0], HttpStatusCode.TooManyRequests, "too-many-requests");
    }

    [Fact]
    public async Task The_http_port_serves_requests_and_nothing_else()
    {
        using var socket = new TcpClient();
        var url = new Uri(Nodes.Network.Root.Nodes[0].Url);
        await socket.ConnectAsync(url.Host, url.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("nonsense\r\n\r\n"));
        using var reader = new StreamReader(socket.GetStream());

        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    // Signed by a role that may not.
    private byte[] Forged(Statement statement)
    {
        byte[] payload = statement.ToPayload();
        return Envelope.Of(payload, Nodes.Network.RootHolders.Sign(payload)).ToBytes();
    }

    private HttpRequestMessage Part(byte[] bytes, int first, int count)
    {
        var request = Nodes.Upload(bytes);
        request.Content = new ByteArrayContent(bytes, first, count);
        request.Content.Headers.ContentRange = new ContentRangeHeaderValue(first, first + count - 1, bytes.Length);
        return request;
    }

    private Task<HttpResponseMessage> PostAsync(byte[] body) =>
        Client.PostAsync("/statements", new ByteArrayContent(body));

    private static string PathOf(byte[] artifact) => $"/artifact/sha256/{Digest.Of(artifact)}";

    /// <summary>One network for all these tests; none of them makes anything final.</summary>
    public sealed class Running : IAsyncDisposable, IAsyncLifetime
    {
        internal LoopbackNetwork Nodes { get; } = new();

        public async Task InitializeAsync()
        {
            await Nodes.StartAllAsync();
            for (int node = 0; node < LoopbackNetwork.Size; node++) await Nodes.WaitForCertifiedAsync(node);
        }

        public ValueTask DisposeAsync() => Nodes.DisposeAsync();

        Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
    }
}
