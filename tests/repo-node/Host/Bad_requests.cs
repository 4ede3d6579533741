using System.Globalization;
using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>
/// What nobody should send. Each row is answered by a problem with its stable name, or by the server's own parser before a
/// request is one; afterwards the node answers others, has made nothing final and keeps no half of anything.
/// </summary>
public sealed class Bad_requests(NodeApiTests.Running running) : IClassFixture<NodeApiTests.Running>
{
    private static readonly string Hex = new('a', 64);

    private Uri Url => new(running.Nodes.Network.Root.Nodes[0].Url);

    [Theory]
    [InlineData("POST /statements", "", 411, "length-required")]
    [InlineData("PUT /artifact/sha256/aa", "", 411, "length-required")]
    [InlineData("POST /statements", "Content-Length: 0", 400, "malformed")]
    [InlineData("POST /statements", "Content-Length: 65536", 413, "too-large")]
    [InlineData("POST /statements", "Content-Length: 9223372036854775807", 413, "too-large")]
    [InlineData("DELETE /checkpoint", "", 405, "method-not-allowed")]
    [InlineData("POST /checkpoint", "Content-Length: 0", 405, "method-not-allowed")]
    [InlineData("PUT /statements", "Content-Length: 0", 405, "method-not-allowed")]
    [InlineData("PATCH /healthz", "Content-Length: 0", 405, "method-not-allowed")]
    [InlineData("NONSENSE /nowhere", "", 404, "not-found")]
    [InlineData("GET /../../../etc/passwd", "", 404, "not-found")]
    [InlineData("GET /tile/../../signing/vote.key", "", 404, "not-found")]
    [InlineData("GET /tile/0/%2e%2e/%2e%2e/signing/vote.key", "", 404, "not-found")]
    [InlineData("GET /tile/0/%252e%252e%252fx", "", 400, "malformed")]
    [InlineData("GET /tile/0/..%5c..%5cx", "", 400, "malformed")]
    [InlineData("GET /tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/000", "", 400, "malformed")]
    [InlineData("GET /tile/0/000.p/257", "", 400, "malformed")]
    [InlineData("GET /artifact/sha256/%c0%af", "", 400, "malformed")]
    [InlineData("GET /trust/0.update", "", 404, "not-found")]
    [InlineData("GET /latest/linux/stable?from=18446744073709551616", "", 400, "malformed")]
    [InlineData("GET /latest/linux/stable?from=-1", "", 400, "malformed")]
    public async Task Of_no_use_get_a_problem_with_its_name(string request, string header, int status, string name)
    {
        string[] headers = header.Length == 0 ? [] : [header];
        AssertProblem(await RawHttp.SendAsync(Url, RawHttp.Request(request, headers, [])), status, name);
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("GET /checkpoint", "Content-Length: 1|Content-Length: 2")]
    [InlineData("POST /statements", "Content-Length: 5|Content-Length: 6")]
    [InlineData("POST /statements", "Content-Length: -1")]
    [InlineData("POST /statements", "Content-Length: 0x10")]
    [InlineData("POST /statements", "Content-Length: 99999999999999999999999")]
    [InlineData("POST /statements", "Transfer-Encoding: gzip")]
    [InlineData("GET /checkpoint", "Host: other")]
    [InlineData("GET /checkpoint", "No colon")]
    [InlineData("GET /check\0point", "")]
    [InlineData("GET  /checkpoint", "")]
    public async Task That_are_no_http_are_refused_by_the_server(string request, string headers)
    {
        var answer = await RawHttp.SendAsync(Url, RawHttp.Request(request, headers.Split('|', StringSplitOptions.RemoveEmptyEntries), []));
        Assert.InRange(answer.Status, 400, 499);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Too_long_in_their_head_are_refused_by_the_server()
    {
        string[] many = [.. Enumerable.Range(0, 300).Select(number => string.Create(CultureInfo.InvariantCulture, $"X-{number}: 1"))];
        string[] oneLong = ["X: " + new string('x', 20_000)];

        Assert.Equal(431, (await RawHttp.SendAsync(Url, RawHttp.Request("GET /checkpoint", many, []))).Status);
        Assert.Equal(431, (await RawHttp.SendAsync(Url, RawHttp.Request("GET /checkpoint", oneLong, []))).Status);
        Assert.Equal(414, (await RawHttp.SendAsync(Url, RawHttp.Request("GET /" + new string('x', 20_000), [], []))).Status);
        await AssertUnharmedAsync();
    }

    public static TheoryData<string, byte[]> NotStatements()
    {
        byte[] good = TestNetwork.Create().Sign(TestNetwork.ReleaseOf("1.0.0")).ToBytes();
        string text = Encoding.UTF8.GetString(good);
        return new()
        {
            { "empty object", "{}"u8.ToArray() },
            { "nesting bomb", Encoding.ASCII.GetBytes(new string('[', 60_000)) },
            { "object bomb", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 12_000))) },
            { "cut off", good[..^20] },
            { "with a byte more", [.. good, (byte)' '] },
            { "not UTF-8", [.. "{\"payloadType\":\""u8, 0xc3, 0x28, .. "\"}"u8] },
            { "wrong base64", Encoding.UTF8.GetBytes(text.Replace("\"payload\":\"", "\"payload\":\"!", StringComparison.Ordinal)) },
            { "wrong type", Encoding.UTF8.GetBytes(text.Replace("\"payloadType\":\"application/vnd.in-toto+json\"", "\"payloadType\":7", StringComparison.Ordinal)) },
            { "twice the same field", Encoding.UTF8.GetBytes(text.Replace("{\"payloadType\"", "{\"payload\":\"\",\"payloadType\"", StringComparison.Ordinal)) },
            { "a field missing", Encoding.UTF8.GetBytes(text.Replace("\"payloadType\":\"application/vnd.in-toto+json\",", "", StringComparison.Ordinal)) },
            { "a field unknown", Encoding.UTF8.GetBytes(text.Replace("{\"payloadType\"", "{\"x\":1,\"payloadType\"", StringComparison.Ordinal)) },
            { "unknown predicate", Envelope.Of(Encoding.UTF8.GetBytes(
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"urn:supplychain:surprise:v1\",\"predicate\":{}}")).ToBytes() },
        };
    }

    [Theory]
    [MemberData(nameof(NotStatements))]
    public async Task With_a_body_that_is_no_statement_are_malformed(string what, byte[] body)
    {
        var answer = await RawHttp.SendAsync(Url, RawHttp.Request("POST /statements", [Length(body.Length)], body));
        Assert.True(answer.Status == 400, $"{what}: {answer.Head}");
        AssertProblem(answer, 400, "malformed");
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task In_chunks_end_where_any_other_would()
    {
        byte[] whole = Encoding.ASCII.GetBytes("11000\r\n" + new string('x', 0x11000) + "\r\n0\r\n\r\n");
        byte[] broken = "zz\r\nnot a chunk"u8.ToArray();
        string[] chunked = ["Transfer-Encoding: chunked"];

        AssertProblem(await RawHttp.SendAsync(Url, RawHttp.Request("POST /statements", chunked, whole)), 413, "too-large");
        AssertProblem(await RawHttp.SendAsync(Url, RawHttp.Request("POST /statements", chunked, broken)), 400, "malformed");
        AssertProblem(await RawHttp.SendAsync(Url, RawHttp.Request("POST /statements", chunked, "0\r\n\r\n"u8)), 400, "malformed");
        await AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("bytes 5-1/10")]
    [InlineData("bytes 0-10/10")]
    [InlineData("bytes 0-9/*")]
    [InlineData("bytes */10")]
    [InlineData("bytes 0-9")]
    [InlineData("bytes 00-9/10")]
    [InlineData("bytes +0-9/10")]
    [InlineData("items 0-9/10")]
    [InlineData("bytes 0-9/17179869185")]
    [InlineData("bytes 0-18446744073709551615/18446744073709551616")]
    [InlineData("bytes 0-8/10")]
    public async Task For_an_upload_with_a_range_that_is_none_are_malformed(string range)
    {
        string[] headers = [$"Content-Range: {range}", Length(10)];
        AssertProblem(await RawHttp.SendAsync(Url, RawHttp.Request($"PUT /artifact/sha256/{Hex}", headers, new byte[10])), 400, "malformed");
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task For_bytes_behind_an_artifacts_end_learn_its_size()
    {
        byte[] bytes = ArtifactStoreTests.Pattern(9_001);
        using var stored = await running.Nodes.Clients[0].SendAsync(running.Nodes.Upload(bytes));
        stored.EnsureSuccessStatusCode();

        var answer = await RawHttp.SendAsync(
            Url, RawHttp.Request($"GET /artifact/sha256/{Digest.Of(bytes)}", ["Range: bytes=9001-"], []));
        AssertProblem(answer, 416, "range-not-satisfiable");
        Assert.Contains("Content-Range: bytes */9001", answer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_break_off_leave_nothing_behind()
    {
        byte[] half = RawHttp.Request("POST /statements", [Length(1_000)], new byte[500]);
        var answer = await RawHttp.SendAsync(Url, half, halfClose: true);
        if (answer.Status != 0) AssertProblem(answer, 400, "malformed");

        byte[] head = "GET /checkpoint HTTP/1.1\r\nHost: no"u8.ToArray();
        Assert.NotEqual(200, (await RawHttp.SendAsync(Url, head, halfClose: true)).Status);
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task That_dribble_are_cut_off_and_hold_nobody_up()
    {
        // The server gives a head ten seconds, and a body five before it must come at a rate.
        var head = RawHttp.SendAsync(Url, "GET /checkpoint HTTP/1.1\r\nHost: node\r\nX: "u8.ToArray());
        var body = RawHttp.SendAsync(Url, RawHttp.Request("POST /statements", [Length(1_000)], new byte[1]));
        await AssertUnharmedAsync();

        Assert.Equal(408, (await head).Status);
        AssertProblem(await body, 408, "too-slow");
        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task That_bring_an_artifact_too_slowly_are_cut_off()
    {
        // So much at once that the server's own limit, 240 bytes a second, would bear with it for minutes.
        byte[] bytes = ArtifactStoreTests.Pattern(150_000);
        using var permitted = running.Nodes.Upload(bytes, node: 2);
        string[] headers =
        [
            .. permitted.Headers.Select(header => $"{header.Key}: {header.Value.Single()}"),
            Length(bytes.Length),
        ];

        // Node 2, so that the other tests find theirs without the beginning of an artifact.
        var url = new Uri(running.Nodes.Network.Root.Nodes[2].Url);
        var answer = await RawHttp.SendAsync(url, RawHttp.Request($"PUT {permitted.RequestUri}", headers, bytes.AsSpan(..100_000)));

        AssertProblem(answer, 408, "too-slow");
    }

    private static string Length(int length) => string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}");

    private static void AssertProblem(RawHttp.Answer answer, int status, string name)
    {
        Assert.Equal(status, answer.Status);
        Assert.Contains("Content-Type: application/problem+json", answer.Head, StringComparison.Ordinal);
        Assert.StartsWith($$"""{"type":"urn:supplychain:problem:{{name}}",""", answer.Body, StringComparison.Ordinal);
    }

    private async Task AssertUnharmedAsync()
    {
        byte[] health = await running.Nodes.Clients[0].GetByteArrayAsync("/healthz");
        Assert.True(Api.NodeStatus.TryRead(health, out var status));
        Assert.Equal((2UL, 0), (status.TreeSize, status.Pending));
        Assert.Empty(Directory.EnumerateFiles(running.Nodes.FilesOf(0).Artifacts, "*.part"));
    }
}
