using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>Running nodes answer nonces, and nothing else that comes to <c>/attest</c>.</summary>
public sealed class NonceApiTests(NodeApiTests.Running running) : IClassFixture<NodeApiTests.Running>
{
    private LoopbackNetwork Nodes => running.Nodes;

    [Fact]
    public async Task Every_node_answers_with_its_clock_and_the_checkpoint_it_cosigned()
    {
        Assert.True(SignedNote.TryParse(await Nodes.Clients[0].GetByteArrayAsync("/checkpoint"), out var note));
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        for (int node = 0; node < LoopbackNetwork.Size; node++)
        {
            var nonce = Draw();
            var said = await AskAsync(node, nonce);
            Assert.Equal(checkpoint, said.Newest);
            Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - said.Time, -1, 60);
        }
    }

    [Fact]
    public async Task Many_nonces_of_one_instant_are_answered_each_by_its_own_way()
    {
        Nonce[] nonces = [.. Enumerable.Range(0, 200).Select(_ => Draw())];
        var said = await Task.WhenAll(nonces.Select(nonce => AskAsync(1, nonce)));

        Assert.InRange(said.Select(statement => statement.Nonces).Distinct().Count(), 1, nonces.Length - 1);
    }

    [Fact]
    public async Task An_answer_is_never_cached()
    {
        using var answer = await PostAsync(0, Draw().ToArray());
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.BadRequest, "malformed")]
    [InlineData(31, HttpStatusCode.BadRequest, "malformed")]
    [InlineData(33, HttpStatusCode.RequestEntityTooLarge, "too-large")]
    [InlineData(60_000, HttpStatusCode.RequestEntityTooLarge, "too-large")]
    public async Task What_is_no_nonce_is_refused_with_and_without_a_length(int bytes, HttpStatusCode status, string name)
    {
        foreach (bool chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/attest") { Content = new ByteArrayContent(new byte[bytes]) };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await Nodes.Clients[0].SendAsync(request);

            Assert.Equal(status, answer.StatusCode);
            Assert.Contains($":{name}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whoever_asks_too_much_is_told_to_wait()
    {
        // Node 3, so that the other tests find their nodes open.
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 64 };
        using var client = new HttpClient(handler) { BaseAddress = Nodes.Clients[3].BaseAddress };
        var answers = await Task.WhenAll(Enumerable.Range(0, 4_000).Select(_ => client.PostAsync("/attest", Body([1]))));

        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.BadRequest);
    }

    private async Task<NonceStatement> AskAsync(int node, Nonce nonce)
    {
        using var response = await PostAsync(node, nonce.ToArray());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(NonceAnswer.TryRead(await response.Content.ReadAsByteArrayAsync(), out var answer));
        var key = Nodes.Network.Root.Nodes[node].AttestationKey;
        Assert.True(answer.TryVerify(key, TestNetwork.Origin, nonce, out var said));
        return said;
    }

    private Task<HttpResponseMessage> PostAsync(int node, byte[] body) => Nodes.Clients[node].PostAsync("/attest", Body(body));

    private static ByteArrayContent Body(byte[] bytes) =>
        new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    private static Nonce Draw() => new(RandomNumberGenerator.GetBytes(Nonce.Size));
}

/// <summary>A node whose journal the peers have not confirmed signs nothing; afterwards it says what it said before.</summary>
public sealed class A_node_that_starts
{
    [Fact]
    public async Task Answers_nonces_once_its_peers_are_there_and_still_the_same_after_a_restart()
    {
        await using var nodes = new LoopbackNetwork();
        await nodes.StartAsync(2);
        using (var body = new ByteArrayContent(new byte[Nonce.Size]))
        using (var alone = await nodes.Clients[2].PostAsync("/attest", body))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, alone.StatusCode);

        foreach (int other in new[] { 0, 1, 3 }) await nodes.StartAsync(other);
        var first = await EventuallyAskAsync(nodes);
        await nodes.StopAsync(2);
        await nodes.StartAsync(2);
        var second = await EventuallyAskAsync(nodes);

        Assert.Equal(2UL, first.Newest.Size.Value);
        Assert.Equal(first.Newest, second.Newest);
        Assert.True(second.Time >= first.Time);
    }

    private static async Task<NonceStatement> EventuallyAskAsync(LoopbackNetwork nodes)
    {
        var nonce = new Nonce(RandomNumberGenerator.GetBytes(Nonce.Size));
        NonceStatement? said = null;
        await LoopbackNetwork.EventuallyAsync(async () =>
        {
            using var body = new ByteArrayContent(nonce.ToArray());
            using var response = await nodes.Clients[2].PostAsync("/attest", body);
            return response.IsSuccessStatusCode
                && NonceAnswer.TryRead(await response.Content.ReadAsByteArrayAsync(), out var answer)
                && answer.TryVerify(nodes.Network.Root.Nodes[2].AttestationKey, TestNetwork.Origin, nonce, out said);
        });
        return said!;
    }
}
