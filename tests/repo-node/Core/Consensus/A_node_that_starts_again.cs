using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Consensus;

/// <summary>The boot check of docs/protocol.md §11, as node 2 of four makes it: two answers, then it may sign.</summary>
public sealed class A_node_that_starts_again
{
    private const byte Self = 2;
    private const ulong Question = 77;

    private static readonly Digest Block = Digest.Of([5]), Root = Digest.Of([6]);
    private static readonly JournalRecord.CosignedCheckpoint Cosigned = new(8, Root, 1_000);

    private readonly Bench _bench = new(Self);

    [Fact]
    public void A_new_node_of_a_new_network_waits_for_two_peers_and_signs()
    {
        var check = Check(Nothing, null);
        Assert.IsType<BootVerdict.Waits>(check.Take(0, Knowing()));
        Assert.False(check.HasPassed);
        Assert.IsType<BootVerdict.Passed>(check.Take(3, Knowing()));
        Assert.True(check.HasPassed);
    }

    [Fact]
    public void One_peer_that_answers_twice_is_one()
    {
        var check = Check(Nothing, null);
        check.Take(0, Knowing());
        Assert.IsType<BootVerdict.Waits>(check.Take(0, Knowing()));
    }

    [Fact]
    public void An_answer_to_an_earlier_start_does_not_count()
    {
        var check = Check(Nothing, null);
        check.Take(0, Knowing() with { Question = Question - 1 });
        Assert.Equal(0, check.Answers);
    }

    [Fact]
    public void An_answer_that_comes_late_may_show_what_was_signed_since()
    {
        var check = Check(Nothing, null);
        check.Take(0, Knowing());
        check.Take(1, Knowing());
        var since = _bench.Sign(Self, VoteKind.Finalize, new View(9), Block);
        Assert.IsType<BootVerdict.Passed>(check.Take(3, Knowing(since)));
    }

    [Fact]
    public void What_is_in_the_journal_is_confirmed()
    {
        var vote = _bench.Sign(Self, VoteKind.Finalize, new View(9), Block);
        var check = Check(new JournaledVotes(new View(5), [vote]), Cosigned);
        check.Take(0, Knowing(vote, Cosign(Cosigned)));
        var earlier = Cosign(Cosigned with { Size = 6, Root = Digest.Of([7]) });
        Assert.IsType<BootVerdict.Passed>(check.Take(1, Knowing(null, earlier)));
    }

    [Fact]
    public void Votes_of_settled_views_need_not_be_in_the_journal()
    {
        var check = Check(new JournaledVotes(new View(5), []), null);
        Assert.IsType<BootVerdict.Waits>(check.Take(0, Knowing(_bench.Sign(Self, VoteKind.Nullify, new View(5), default))));
    }

    [Theory]
    [InlineData(VoteKind.Notarize, 9, 5)]
    [InlineData(VoteKind.Nullify, 9, 5)]
    [InlineData(VoteKind.Finalize, 9, 1)]
    [InlineData(VoteKind.Finalize, 10, 5)]
    public void A_vote_that_is_not_in_the_journal_means_a_restored_snapshot(VoteKind kind, ulong view, byte block)
    {
        var known = _bench.Sign(Self, VoteKind.Finalize, new View(9), Block);
        var check = Check(new JournaledVotes(new View(5), [known]), Cosigned);
        var shown = _bench.Sign(Self, kind, new View(view), kind == VoteKind.Nullify ? default : Digest.Of([block]));
        var restored = Assert.IsType<BootVerdict.Restored>(check.Take(0, Knowing(shown)));
        Assert.Contains($"node-00 holds this node's {kind} vote of view {view}", restored.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 6, 1_000)]
    [InlineData(8, 7, 1_000)]
    [InlineData(8, 6, 1_001)]
    public void A_cosignature_that_is_not_in_the_journal_means_a_restored_snapshot(ulong size, byte root, long time)
    {
        var shown = Cosign(new JournalRecord.CosignedCheckpoint(size, Digest.Of([root]), time));
        Assert.IsType<BootVerdict.Restored>(Check(Nothing, Cosigned).Take(1, Knowing(null, shown)));
        Assert.IsType<BootVerdict.Restored>(Check(Nothing, null).Take(1, Knowing(null, shown)));
    }

    [Fact]
    public void A_liar_cannot_make_anything_up()
    {
        var check = Check(Nothing, null);
        Assert.IsType<BootVerdict.Forged>(check.Take(0, Knowing(
            _bench.Sign(0, VoteKind.Finalize, new View(9), Block))));
        Assert.IsType<BootVerdict.Forged>(check.Take(0, Knowing(
            _bench.Sign(0, VoteKind.Finalize, new View(9), Block) with { Signer = Self })));
        Assert.IsType<BootVerdict.Forged>(check.Take(0, Knowing(null, Cosign(Cosigned) with { Time = 999 })));
        Assert.IsType<BootVerdict.Forged>(check.Take(0, Knowing(null, Cosign(Cosigned) with { Node = 0 })));
        Assert.Equal(0, check.Answers);
    }

    [Fact]
    public void A_peer_answers_with_the_highest_vote_it_has_seen_of_each_also_after_its_own_restart()
    {
        var bench = new Bench(self: 1);
        var first = new View(1);
        bench.Hear(bench.Sign(0, VoteKind.Nullify, first, default));
        Assert.Equal(first, bench.Replica.NewestVoteOf(0)?.View);
        bench.Hear(bench.Certify(VoteKind.Nullify, first));
        bench.Hear(bench.Certify(VoteKind.Nullify, new View(2)));
        Assert.Equal(new View(2), bench.Replica.NewestVoteOf(0)?.View);
        Assert.Null(bench.Replica.NewestVoteOf(3));

        bench.Restart();
        Assert.Equal(new View(2), bench.Replica.NewestVoteOf(0)?.View);
    }

    [Fact]
    public void A_vote_that_comes_too_late_or_too_early_to_count_is_remembered_all_the_same()
    {
        var bench = new Bench(self: 1);
        bench.Hear(bench.Certify(VoteKind.Finalize, new View(2), Block));
        var late = bench.Sign(3, VoteKind.Nullify, new View(1), default);
        bench.Hear(late);
        Assert.Equal(late, bench.Replica.NewestVoteOf(3));

        var early = bench.Sign(3, VoteKind.Nullify, new View(9), default);
        bench.Hear(early);
        Assert.Equal(early, bench.Replica.NewestVoteOf(3));
        bench.Hear(early with { View = new View(10) });
        Assert.Equal(early, bench.Replica.NewestVoteOf(3));
    }

    [Fact]
    public void The_journal_accounts_for_what_it_made_the_replica_remember()
    {
        var block = _bench.BlockIn(new View(1));
        _bench.Hear(_bench.Propose(block));
        var cast = Assert.Single(_bench.Log.OfType<Effect.Persist>().Select(effect => effect.Record)
            .OfType<JournalRecord.OwnVote>()).Vote;
        Assert.DoesNotContain(cast, new Bench(Self).Replica.Journaled().Open);

        _bench.Restart(silent: true);
        Assert.True(_bench.Replica.Journaled().Cover(cast));
        Assert.False(_bench.Replica.Journaled().Cover(_bench.Sign(Self, VoteKind.Finalize, new View(1), block.Hash)));
    }

    private static JournaledVotes Nothing => new(View.Genesis, []);

    private static BootCheck Check(JournaledVotes votes, JournalRecord.CosignedCheckpoint? cosigned) =>
        new(Bench.Network.Root, Self, votes, cosigned, Question);

    private static LastSigned Knowing(Vote? vote = null, CosignatureGossip? cosignature = null) =>
        new(Question, vote, cosignature);

    private static CosignatureGossip Cosign(JournalRecord.CosignedCheckpoint on)
    {
        var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(on.Size), on.Root);
        var note = Bench.Network.Nodes[Self].Attest(checkpoint, on.Time);
        Assert.True(Cosignature.TryRead(note, out _, out var signature));
        return new CosignatureGossip(on.Size, on.Root, Self, on.Time, new VoteSignature(signature));
    }
}
