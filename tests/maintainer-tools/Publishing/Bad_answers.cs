using System.Net;
using System.Text;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Publishing;

/// <summary>
/// Nodes that answer what no node should: each question comes to an end with a stable name that says what every node answered,
/// and nothing that was answered is believed.
/// </summary>
public sealed class Bad_answers : IDisposable
{
    private static readonly RequestTimes Hurried = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));

    private readonly TestNetwork _network = TestNetwork.Create();
    private readonly TemporaryFolder _folder = new();

    private static readonly Dictionary<string, (Func<HttpResponseMessage> Answer, string Seen)> Answers = new()
    {
        ["empty"] = (() => Ok([]), "malformed"),
        ["random bytes"] = (() => Ok([.. Enumerable.Range(0, 500).Select(number => (byte)((number * 37) & 0xff))]), "malformed"),
        ["text that is no UTF-8"] = (() => Ok([0xc3, 0x28, 0xff]), "malformed"),
        ["a nesting bomb"] = (() => Ok(Encoding.ASCII.GetBytes(new string('[', 50_000))), "malformed"),
        ["too much"] = (() => Ok(new byte[Limits.MaxBundleSize + 1]), "more than"),
        ["without end"] = (() => new(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) }, "more than"),
        ["a redirection"] = (() => new(HttpStatusCode.Found), "answers: 302"),
        ["an error"] = (() => Problem("""{"type":"urn:supplychain:problem:starting"}"""), "answers: starting"),
        ["a problem of another kind"] = (() => Problem("""{"type":"urn:other:thing"}"""), "answers: 500"),
        ["a problem with an escape sequence"] = (() => Problem("""{"type":"urn:supplychain:problem:\u001b[31m"}"""), "answers: 500"),
        ["a problem of the wrong type"] = (() => Problem("""{"type":7}"""), "answers: 500"),
        ["a problem that is no object"] = (() => Problem("[7]"), "answers: 500"),
        ["a problem that is cut off"] = (() => Problem("""{"type":"urn"""), "answers: 500"),
        ["a problem with half a character"] = (() => Problem("""{"type":"urn:supplychain:problem:\ud800"}"""), "answers: 500"),
        ["a problem that is a nesting bomb"] = (() => Problem(new string('[', 50_000)), "answers: 500"),
    };

    public static TheoryData<string> Kinds => [.. Answers.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Of_every_node_prove_nothing_and_are_told(string kind)
    {
        var (answer, seen) = Answers[kind];
        using var http = Client(_ => answer());

        var failure = await FailureOfAsync(() => ChainPosition.ProvenBy(Network(http)).NextReleaseAsync(TestNetwork.Origin, TestNetwork.Product, default));

        Assert.Equal((ExitCode.NoQuorum, "no-proof"), (failure.Code, failure.Name));
        foreach (var node in _network.Root.Nodes) Assert.Contains($"{node.Name}: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, failure.Message.Split(seen).Length - 1);
        Assert.NotEmpty(failure.Hint);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Of_the_one_node_that_was_asked_are_no_answer(string kind)
    {
        var (answer, seen) = Answers[kind];
        using var http = Client(_ => answer());
        var position = ChainPosition.ClaimedBy(new NodeClient(http, "http://node", "http://node", Hurried));

        var failure = await FailureOfAsync(() => position.NextReleaseAsync(TestNetwork.Origin, TestNetwork.Product, default));

        Assert.Equal((ExitCode.Environment, "no-answer"), (failure.Code, failure.Name));
        Assert.Contains(seen, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_never_come_are_no_answer()
    {
        using var http = new HttpClient(new Silent()) { Timeout = Timeout.InfiniteTimeSpan };
        var impatient = new RequestTimes(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
        var position = ChainPosition.ClaimedBy(new NodeClient(http, "http://node", "http://node", impatient));

        var failure = await FailureOfAsync(() => position.NextReleaseAsync(TestNetwork.Origin, TestNetwork.Product, default));

        Assert.Equal((ExitCode.Environment, "no-answer"), (failure.Code, failure.Name));
        Assert.Contains("did not answer in time", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"id\":ID}")]
    [InlineData("{\"status\":\"pending\"}")]
    [InlineData("{\"id\":ID,\"status\":\"splendid\"}")]
    [InlineData("{\"id\":ID,\"status\":7}")]
    [InlineData("{\"id\":ID,\"status\":\"certified\"}")]
    [InlineData("{\"id\":ID,\"status\":\"certified\",\"index\":-1}")]
    [InlineData("{\"id\":ID,\"status\":\"certified\",\"index\":\"2\"}")]
    [InlineData("{\"id\":ID,\"status\":\"certified\",\"index\":18446744073709551616}")]
    [InlineData("{\"id\":ID,\"status\":\"pending\",\"status\":\"certified\",\"index\":2}")]
    [InlineData("{\"id\":ID,\"status\":\"pending\",\"surprise\":1}")]
    [InlineData("{\"id\":ID,\"status\":\"refused\",\"reason\":\"no\\u001b[31m\"}")]
    [InlineData("{\"id\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"status\":\"pending\"}")]
    public async Task About_a_statement_in_any_but_the_one_form_are_malformed(string status)
    {
        var id = TestNetwork.ReleaseOf("1.0.0").Id();
        using var http = Client(_ => Ok(Encoding.UTF8.GetBytes(status.Replace("ID", $"\"{id.ToHex()}\"", StringComparison.Ordinal))));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => new NodeClient(http, "node-00", "http://node", Hurried).StatusAsync(id, default));
        Assert.Equal("node-00 answers with a malformed status.", failure.Message);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("05")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    [InlineData("17179869184")]
    public async Task To_an_upload_with_an_offset_out_of_range_end_it_and_are_told(string offset)
    {
        byte[] content = "1.0.0"u8.ToArray();
        var artifact = new Artifact("a.bin", Digest.Of(content), Protocol.Artifacts.VerityHasher.Compute(content).Digest, (ulong)content.Length);
        using var http = Client(asked =>
        {
            var answer = new HttpResponseMessage(asked.Method == HttpMethod.Head ? HttpStatusCode.NotFound : HttpStatusCode.Accepted);
            answer.Headers.TryAddWithoutValidation("Upload-Offset", offset);
            return answer;
        });
        var distribution = new Distribution(Network(http), _network.Publisher, TimeProvider.System)
        {
            Pause = TimeSpan.FromMilliseconds(1),
            LeastGrace = TimeSpan.FromMilliseconds(1),
        };

        var failure = await FailureOfAsync(() => distribution.RunAsync([(artifact, _folder.File("a.bin", content))], new ProgressBoard(null), default));

        Assert.Equal((ExitCode.NoQuorum, "upload-failed"), (failure.Code, failure.Name));
        Assert.Contains("node-00: ", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Network Network(HttpClient http) => new(_network.Root, http, TimeProvider.System, Hurried);

    private static HttpClient Client(Func<HttpRequestMessage, HttpResponseMessage> answer) => new(new Answering(answer)) { Timeout = Timeout.InfiniteTimeSpan };

    private static HttpResponseMessage Ok(byte[] body) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };

    private static HttpResponseMessage Problem(string json) => new(HttpStatusCode.InternalServerError)
    {
        Content = new StringContent(json, Encoding.UTF8, "application/problem+json"),
    };

    private static Task<CommandFailure> FailureOfAsync(Func<Task> action) => Assert.ThrowsAsync<CommandFailure>(action);

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request));
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }

    private sealed class Endless : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(buffer.Length);
    }
}
