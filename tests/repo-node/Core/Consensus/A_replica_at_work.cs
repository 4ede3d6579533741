using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Consensus;

/// <summary>How submissions become final, what is said again, and when a node is silent.</summary>
public sealed class A_replica_at_work
{
    private static readonly View First = new(1), Second = new(2);

    [Fact]
    public void An_idle_node_arms_no_timer_and_says_nothing()
    {
        var bench = new Bench(self: 0);
        Assert.DoesNotContain(bench.Log, effect => effect is Effect.SetTimer);
        Assert.Empty(bench.Wait(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void A_submission_is_answered_told_to_the_others_and_proposed_once_its_artifacts_are_held()
    {
        var bench = new Bench(self: 0);
        var effects = bench.Step(new ReplicaEvent.Submitted(Bench.Release));
        Assert.IsType<SubmissionAnswer.Pending>(Assert.Single(effects.OfType<Effect.Answer>()).Outcome);
        Assert.Contains(effects, effect => effect is Effect.Broadcast(PeerMessage.Submits));
        Assert.DoesNotContain(effects, effect => effect is Effect.Broadcast(PeerMessage.Proposed));

        var proposal = ProposalIn(bench.HoldArtifacts());
        Assert.Equal(Bench.Release.ToBytes(), proposal.Block.Entries.Single().ToArray());
    }

    [Fact]
    public void A_submission_that_a_rule_refuses_is_answered_with_the_rule()
    {
        var bench = new Bench(self: 0);
        var effects = bench.Step(new ReplicaEvent.Submitted(Bench.Network.RootEnvelope));
        var answer = Assert.Single(effects.OfType<Effect.Answer>());
        Assert.Equal(new SubmissionAnswer.Refused(LedgerRefusal.Stale), answer.Outcome);
    }

    [Fact]
    public void A_leader_proposes_the_oldest_first_and_what_follows_from_it_in_the_same_block()
    {
        var bench = new Bench(self: 0);
        var release = TestNetwork.ReleaseOf("1.0.0");
        var promotion = Bench.Network.Sign(TestNetwork.PromotionOf(release));
        bench.Step(new ReplicaEvent.Submitted(Bench.Release));
        bench.Step(new ReplicaEvent.Submitted(promotion));
        var entries = ProposalIn(bench.HoldArtifacts()).Block.Entries.Select(entry => entry.ToArray());
        Assert.Equal([Bench.Release.ToBytes(), promotion.ToBytes()], entries);
    }

    [Fact]
    public void Three_votes_of_each_kind_make_a_block_final_and_it_is_delivered_once()
    {
        var bench = new Bench(self: 2);
        var block = Notarise(bench);
        bench.Hear(bench.Sign(0, VoteKind.Finalize, First, block.Hash));
        var effects = bench.Hear(bench.Sign(1, VoteKind.Finalize, First, block.Hash));
        var final = Assert.Single(effects.OfType<Effect.Deliver>()).Block;
        Assert.Equal(block.Hash, final.Block.Hash);
        Assert.True(bench.Committee.Verifies(final.Finalisation!));
        Assert.Equal(block.Header.LogSize, bench.Replica.Tip.Ledger.Size);
        Assert.DoesNotContain(
            bench.Hear(bench.Certify(VoteKind.Finalize, First, block.Hash)), effect => effect is Effect.Deliver);
    }

    [Fact]
    public void A_node_that_died_before_it_stored_a_final_block_delivers_it_after_the_restart()
    {
        var bench = new Bench(self: 2);
        var block = Notarise(bench);
        bench.Hear(bench.Certify(VoteKind.Finalize, First, block.Hash));
        bench.Log.Clear();
        bench.Restart();
        Assert.Equal(block.Hash, Assert.Single(bench.Log.OfType<Effect.Deliver>()).Block.Block.Hash);
    }

    [Fact]
    public void A_lost_round_of_finalize_leaves_work_and_after_a_pause_the_next_leader_proposes_an_empty_block()
    {
        var bench = new Bench(self: 1);
        var block = Notarise(bench);
        Assert.DoesNotContain(bench.Log, effect => effect is Effect.Broadcast(PeerMessage.Proposed));

        var proposal = ProposalIn(bench.Wait(Bounds.Retry));
        Assert.Equal(Second, proposal.Block.Header.View);
        Assert.Equal(block.Hash, proposal.Block.Header.ParentHash);
        Assert.Empty(proposal.Block.Entries);
        Assert.Equal(block.Header.LogSize, proposal.Block.Header.LogSize);
    }

    [Fact]
    public void A_view_is_nullified_when_its_time_is_over_and_not_before()
    {
        var bench = WithWork(self: 2);
        Assert.Empty(Bench.Cast(bench.Wait(Bounds.FirstTimeout - TimeSpan.FromMilliseconds(1))));
        Assert.Equal([VoteKind.Nullify], Bench.Cast(bench.Wait(TimeSpan.FromMilliseconds(1))));
        Assert.Empty(Bench.Cast(bench.Wait(TimeSpan.FromMinutes(5))));
    }

    [Fact]
    public void The_view_timer_grows_by_three_tenths_until_a_minute()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), Bounds.Timeout(0));
        Assert.Equal(TimeSpan.FromSeconds(2.6), Bounds.Timeout(1));
        Assert.Equal(TimeSpan.FromSeconds(60), Bounds.Timeout(13));
        Assert.Equal(TimeSpan.FromSeconds(60), Bounds.Timeout(ulong.MaxValue));
    }

    [Fact]
    public void A_node_with_work_says_its_status_its_votes_and_its_submissions_again()
    {
        var bench = WithWork(self: 2);
        bench.Wait(Bounds.FirstTimeout);
        var said = bench.Wait(TimeSpan.FromSeconds(2))
            .OfType<Effect.Broadcast>().Select(effect => effect.Message).ToList();
        Assert.Contains(said, message => message is PeerMessage.Stands);
        Assert.Contains(said, message => message is PeerMessage.Voted({ Kind: VoteKind.Nullify }));
        Assert.Contains(said, message => message is PeerMessage.Submits);
    }

    [Fact]
    public void A_leader_repeats_its_proposal_to_those_it_has_not_heard_from_and_the_same_after_a_restart()
    {
        var bench = WithWork(self: 0);
        var proposal = ProposalIn(bench.Log);
        bench.Hear(bench.Sign(1, VoteKind.Notarize, First, proposal.Block.Hash));
        bench.Restart();
        bench.Hear(bench.Sign(1, VoteKind.Notarize, First, proposal.Block.Hash));
        var repeated = bench.Wait(TimeSpan.FromSeconds(1.5))
            .OfType<Effect.Send>().Where(send => send.Message is PeerMessage.Proposed).ToList();
        Assert.Equal([2, 3], repeated.Select(send => send.To));
        Assert.All(
            repeated,
            send => Assert.Equal(proposal.ToBytes(), ((PeerMessage.Proposed)send.Message).Proposal.ToBytes()));
    }

    [Fact]
    public void A_peer_that_is_behind_gets_the_finalisation_and_the_certificates_it_lacks()
    {
        var bench = new Bench(self: 2);
        var block = Notarise(bench);
        bench.Hear(bench.Certify(VoteKind.Finalize, First, block.Hash));
        bench.Hear(bench.Certify(VoteKind.Nullify, Second));
        var sent = bench.Hear(3, new PeerMessage.Stands(new Status(View.Genesis, First, View.Genesis, 0)))
            .OfType<Effect.Send>().Select(send => send.Message)
            .OfType<PeerMessage.Certified>().Select(message => message.Certificate.Kind);
        Assert.Equal([VoteKind.Finalize, VoteKind.Nullify], sent);
    }

    [Fact]
    public void A_node_that_is_behind_asks_for_the_chain_and_takes_it_in_any_order()
    {
        var bench = new Bench(self: 2);
        var first = bench.BlockIn(First, Bench.Release);
        var second = bench.BlockOn(bench.After(first), Second, bench.Now);
        var asked = bench.Hear(bench.Certify(VoteKind.Finalize, Second, second.Hash)).OfType<Effect.Send>()
            .Single(send => send.Message is PeerMessage.AsksChain);
        bench.Hear(asked.To, new PeerMessage.GivesBlock(second));
        var effects = bench.Hear(asked.To, new PeerMessage.GivesBlock(first));
        Assert.Equal(
            [first.Hash, second.Hash], effects.OfType<Effect.Deliver>().Select(effect => effect.Block.Block.Hash));
    }

    [Fact]
    public void The_peer_that_gave_the_last_page_of_the_chain_is_asked_first_for_the_next()
    {
        var bench = new Bench(self: 2);
        var first = bench.BlockIn(First, Bench.Release);
        var second = bench.BlockOn(bench.After(first), Second, bench.Now);
        var third = new View(3);
        var last = Bench.With(second, height: 3);
        byte leader = AskedForChain(bench.Hear(bench.Certify(VoteKind.Finalize, third, last.Hash)));
        byte next = AskedForChain(bench.Wait(Bounds.ChainPatience));
        Assert.NotEqual(leader, next);

        bench.Hear(next, new PeerMessage.GivesBlock(first));
        var page = bench.Certify(VoteKind.Finalize, First, first.Hash);
        Assert.Equal(next, AskedForChain(bench.Hear(next, new PeerMessage.Certified(page))));
    }

    [Fact]
    public void A_block_that_nobody_asked_for_is_not_kept()
    {
        var bench = new Bench(self: 2);
        var block = bench.BlockIn(First);
        bench.Hear(1, new PeerMessage.GivesBlock(block));
        Assert.DoesNotContain(bench.Hear(1, new PeerMessage.AsksBlock(block.Hash)), effect => effect is Effect.Send);
    }

    [Fact]
    public void A_peer_that_asks_without_end_is_not_answered_without_end()
    {
        var bench = new Bench(self: 2);
        Notarise(bench);
        var question = new PeerMessage.AsksCertificates(First, First);
        int answers = Enumerable.Range(0, 1_000).Count(_ => bench.Hear(3, question).OfType<Effect.Send>().Any());
        Assert.Equal(Bounds.RequestsPerRetry, answers);
    }

    [Fact]
    public void What_a_compacted_journal_keeps_restores_the_same_node()
    {
        var bench = new Bench(self: 2);
        var block = Notarise(bench);
        var restored = Replica.Restore(
            bench.Committee, Bench.Network.Nodes[2].VoteKey, bench.Genesis, bench.Replica.Retained());
        Assert.Equal(bench.Replica.View, restored.View);
        Assert.Equal(
            bench.Replica.Retained().Select(record => Convert.ToHexString(record.ToBody())),
            restored.Retained().Select(record => Convert.ToHexString(record.ToBody())));
        Assert.Contains(
            restored.Retained(), record => record is JournalRecord.VotedBlock(var kept) && kept.Hash == block.Hash);
    }

    /// <summary>A release is notarised in view 1 with this node's vote.</summary>
    private static Block Notarise(Bench bench)
    {
        var block = bench.BlockIn(First, Bench.Release);
        bench.Hear(bench.Propose(block));
        bench.HoldArtifacts();
        bench.Hear(bench.Certify(VoteKind.Notarize, First, block.Hash));
        return block;
    }

    private static byte AskedForChain(IEnumerable<Effect> effects) =>
        effects.OfType<Effect.Send>().Single(send => send.Message is PeerMessage.AsksChain).To;

    private static Bench WithWork(byte self)
    {
        var bench = new Bench(self);
        bench.Step(new ReplicaEvent.Submitted(Bench.Release));
        bench.HoldArtifacts();
        return bench;
    }

    private static Proposal ProposalIn(IEnumerable<Effect> effects) =>
        effects.OfType<Effect.Broadcast>().Select(effect => effect.Message)
            .OfType<PeerMessage.Proposed>().Single().Proposal;
}
