using System.Net;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using static SupplyChain.RepoNode.Tests.Host.Problems;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>Four nodes, and the clock of one of them, node 3, jumps ahead by a year and is put right again.</summary>
public sealed class A_clock_that_is_ahead : IAsyncLifetime, IAsyncDisposable
{
    private const int Wrong = 3;

    private static readonly byte[] Payload = [1, 2, 3];

    private readonly LoopbackNetwork _nodes = new();
    private readonly SetClock _clock = new();

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Wrong).Select(_nodes.StartAsync));
        await _nodes.StartAsync(Wrong, _clock);
        await _nodes.WaitForCertifiedAsync(Wrong);
        await UntilAsync("confirmed");
    }

    async Task IAsyncLifetime.DisposeAsync() => await _nodes.DisposeAsync();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Binds_no_stamp_and_once_it_is_right_the_node_attests_what_it_left_out()
    {
        _clock.Ahead = TimeSpan.FromDays(365);
        await UntilAsync("ahead");
        await AssertProblemAsync(await AskAsync(), HttpStatusCode.ServiceUnavailable, "clock-ahead");

        var release = LoopbackNetwork.ReleaseOf(Payload, "1.0.0");
        // Node 3 takes every permit for one that is over, and fetches what the others have.
        foreach (int node in Enumerable.Range(0, Wrong))
        {
            using var uploaded = await _nodes.Clients[node].SendAsync(_nodes.Upload(Payload, node: node));
            Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        }

        using var taken = await _nodes.SubmitAsync(0, release);
        await _nodes.WaitForAsync(Wrong, release, "certified");
        Assert.DoesNotContain(Wrong, await SignersAsync());

        _clock.Ahead = TimeSpan.Zero;
        await LoopbackNetwork.EventuallyAsync(async () => (await SignersAsync()).Contains(Wrong));
        Assert.InRange(await StampAsync(), 0, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        using var answered = await AskAsync();
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    private Task UntilAsync(string clock) => LoopbackNetwork.EventuallyAsync(async () =>
        Api.NodeStatus.TryRead(await _nodes.Clients[Wrong].GetByteArrayAsync("/healthz"), out var status)
            && status.Clock == clock);

    private async Task<HttpResponseMessage> AskAsync()
    {
        using var body = new ByteArrayContent(new byte[Nonce.Size]);
        return await _nodes.Clients[Wrong].PostAsync("/attest", body);
    }

    private async Task<IReadOnlyList<int>> SignersAsync() =>
        [.. (await NoteAsync()).Signatures.Select(signature => _nodes.Network.Root.IndexOf(signature.Name))];

    private async Task<long> StampAsync()
    {
        var own = (await NoteAsync()).Signatures.Single(signature => _nodes.Network.Root.IndexOf(signature.Name) == Wrong);
        Assert.True(Cosignature.TryRead(own, out ulong time, out _));
        return (long)time;
    }

    private async Task<SignedNote> NoteAsync()
    {
        Assert.True(SignedNote.TryParse(await _nodes.Clients[Wrong].GetByteArrayAsync("/checkpoint"), out var note));
        return note;
    }

    /// <summary>The system's, set ahead; what counts steadily goes on as it did.</summary>
    private sealed class SetClock : TimeProvider
    {
        private long _ahead;

        public TimeSpan Ahead
        {
            set => Interlocked.Exchange(ref _ahead, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
    }
}
