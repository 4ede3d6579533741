using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Tests.Core.Consensus;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>What a node can tell its peers at their boot checks after it has restarted itself.</summary>
public sealed class TestimonyTests : IAsyncDisposable
{
    private readonly LoopbackNetwork _nodes = new();
    private readonly Bench _bench = new(self: 0);

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public void A_vote_that_no_certificate_took_up_is_still_told_after_a_restart()
    {
        var vote = _bench.Sign(2, VoteKind.Nullify, new View(9), default);
        Keep(Start(), peer => peer == 2 ? vote : null, _ => null);

        Assert.Equal(new LastSigned(7, vote, null), Start().About(2, 7));
        Assert.Equal(new LastSigned(7, null, null), Start().About(1, 7));
    }

    [Fact]
    public void A_file_that_is_damaged_or_holds_what_nobody_signed_hides_something_and_makes_nothing_up()
    {
        var vote = _bench.Sign(2, VoteKind.Nullify, new View(9), default);
        Keep(Start(), peer => peer == 2 ? vote with { View = new View(10) } : null, _ => null);
        Assert.Equal(new LastSigned(7, null, null), Start().About(2, 7));

        File.WriteAllBytes(_nodes.FilesOf(0).LastSeen, [9, 9, 9]);
        Assert.Equal(new LastSigned(7, null, null), Start().About(2, 7));
    }

    [Fact]
    public void Nothing_is_written_when_there_is_no_news()
    {
        var vote = _bench.Sign(2, VoteKind.Nullify, new View(9), default);
        var testimony = Start();
        Keep(testimony, peer => peer == 2 ? vote : null, _ => null);
        File.Delete(_nodes.FilesOf(0).LastSeen);
        Keep(testimony, peer => peer == 2 ? vote : null, _ => null);
        Assert.False(File.Exists(_nodes.FilesOf(0).LastSeen));
    }

    [Fact]
    public void A_disk_that_will_not_take_it_ends_nothing_and_is_tried_again()
    {
        var vote = _bench.Sign(2, VoteKind.Nullify, new View(9), default);
        var testimony = Start();
        string file = _nodes.FilesOf(0).LastSeen;
        Directory.CreateDirectory(Path.Combine(file, "in the way"));
        Keep(testimony, peer => peer == 2 ? vote : null, _ => null);
        Assert.Equal(new LastSigned(7, vote, null), testimony.About(2, 7));

        Directory.Delete(file, recursive: true);
        testimony.Keep();
        Assert.Equal(new LastSigned(7, vote, null), Start().About(2, 7));
    }

    [Fact]
    public async Task A_running_node_writes_down_what_each_of_its_peers_signed()
    {
        await _nodes.StartAllAsync();
        await _nodes.WaitForCertifiedAsync(0);
        await LoopbackNetwork.EventuallyAsync(() => Task.FromResult(
            Enumerable.Range(1, 3).All(peer => Start().About((byte)peer, 7).Cosignature?.Size == 2)));
    }

    private static void Keep(Testimony testimony, Func<byte, Vote?> voteOf, Func<byte, CosignatureGossip?> cosignatureOf)
    {
        testimony.Note(voteOf, cosignatureOf);
        testimony.Keep();
    }

    private Testimony Start()
    {
        var root = _nodes.Network.Root;
        var peers = new PeerSet(TestNetwork.Origin, 1, root.Nodes, 0, _nodes.KeysOf(0).Transport);
        return new Testimony(_nodes.FilesOf(0), root, peers, NullLogger<Testimony>.Instance);
    }
}
