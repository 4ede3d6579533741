using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Voting;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Consensus;

/// <summary>What a node that does not lead votes for, and what it never votes for.</summary>
public sealed class A_replica_that_votes
{
    private static readonly View First = new(1), Second = new(2);

    private readonly Bench _bench = new(self: 2);

    [Fact]
    public void Notarizes_a_valid_proposal_once_its_artifacts_were_read_back()
    {
        var before = _bench.Hear(_bench.Propose(_bench.BlockIn(First, Bench.Release)));
        Assert.Empty(Bench.Cast(before));
        Assert.Single(before.OfType<Effect.NeedArtifacts>());
        Assert.Equal([VoteKind.Notarize], Bench.Cast(_bench.HoldArtifacts()));
    }

    [Fact]
    public void Votes_nothing_before_its_journal_is_confirmed_and_everything_after()
    {
        var bench = new Bench(self: 2, silent: true);
        bench.Hear(bench.Propose(bench.BlockIn(First, Bench.Release)));
        Assert.Empty(Bench.Cast(bench.Log));
        bench.Step(new ReplicaEvent.BootChecked());
        Assert.Equal([VoteKind.Notarize], Bench.Cast(bench.HoldArtifacts()));
    }

    [Fact]
    public void Gives_up_no_view_before_its_journal_is_confirmed_either()
    {
        var bench = new Bench(self: 2, silent: true);
        bench.Hear(bench.Propose(bench.BlockIn(First, Bench.Release)));
        bench.Wait(Bounds.LongestTimeout);
        Assert.Empty(Bench.Cast(bench.Log));
    }

    [Fact]
    public void Follows_what_others_decide_while_it_is_silent()
    {
        var bench = new Bench(self: 2, silent: true);
        bench.Hear(bench.Certify(VoteKind.Nullify, First));
        Assert.Equal(Second, bench.Replica.View);
        Assert.Empty(Bench.Cast(bench.Log));
    }

    [Fact]
    public void Does_not_vote_for_a_release_with_another_fsverity_digest_than_the_bytes_have()
    {
        var stated = TestNetwork.ReleaseOf("1.0.0");
        var artifact = stated.Artifacts[0];
        var wrong = stated with { Artifacts = [artifact with { FsVerity = Digest.Of([9]) }] };
        _bench.Hear(_bench.Propose(_bench.BlockIn(First, Bench.Network.Sign(wrong))));

        var held = _bench.Step(new ReplicaEvent.ArtifactsHeld([artifact]));
        Assert.Empty(Bench.Cast(held));
        var ruledOut = _bench.Step(new ReplicaEvent.ArtifactsRuledOut([wrong.Artifacts[0]]));
        Assert.Equal([VoteKind.Nullify], Bench.Cast(ruledOut));
        var refused = Assert.Single(ruledOut.OfType<Effect.RefuseProposal>());
        Assert.Equal(ProposalRefusal.WrongArtifact, refused.Refusal);
    }

    [Fact]
    public void Forgets_a_submission_that_nobody_can_ever_hold_the_bytes_of()
    {
        _bench.Hear(0, new PeerMessage.Submits(Bench.Release));
        Assert.Equal(1, _bench.Replica.Pending);
        _bench.Step(new ReplicaEvent.ArtifactsRuledOut([TestNetwork.ReleaseOf("1.0.0").Artifacts[0]]));
        Assert.Equal(0, _bench.Replica.Pending);
    }

    [Fact]
    public void Keeps_what_a_peer_brought_because_a_clients_submission_may_rest_on_it()
    {
        var first = _bench.Hear(0, new PeerMessage.Submits(Bench.Release));
        Assert.Equal(Bench.Release.Id, Assert.Single(first.OfType<Effect.Keep>()).Submission.Id);
        var promotion = Bench.Network.Sign(TestNetwork.PromotionOf(TestNetwork.ReleaseOf("1.0.0")));
        var second = _bench.Step(new ReplicaEvent.Submitted(promotion));
        Assert.Equal(promotion.Id, Assert.Single(second.OfType<Effect.Keep>()).Submission.Id);
        Assert.Empty(_bench.Step(new ReplicaEvent.Submitted(promotion)).OfType<Effect.Keep>());
    }

    [Fact]
    public void Gives_up_by_the_steady_clock_whatever_the_wall_clock_is_set_to()
    {
        _bench.Step(new ReplicaEvent.Submitted(Bench.Release));
        _bench.HoldArtifacts();
        var jumped = new Moment(_bench.Now + TimeSpan.FromSeconds(1), _bench.Now + TimeSpan.FromDays(1));
        Assert.DoesNotContain(
            _bench.Replica.Step(new ReplicaEvent.TimerFired(), jumped),
            effect => effect is Effect.Persist(JournalRecord.OwnVote));
        var later = new Moment(_bench.Now + Bounds.FirstTimeout, _bench.Now - TimeSpan.FromDays(1));
        Assert.Equal([VoteKind.Nullify], Bench.Cast(_bench.Replica.Step(new ReplicaEvent.TimerFired(), later)));
    }

    [Fact]
    public void Never_votes_twice_in_a_view()
    {
        var block = _bench.BlockIn(First);
        Assert.Equal([VoteKind.Notarize], Bench.Cast(_bench.Hear(_bench.Propose(block))));
        var again = _bench.Hear(_bench.Propose(Bench.With(block, time: block.Header.Time + 1)));
        Assert.DoesNotContain(VoteKind.Notarize, Bench.Cast(again));
    }

    [Fact]
    public void Never_votes_twice_in_a_view_after_a_restart_either()
    {
        var block = _bench.BlockIn(First);
        _bench.Hear(_bench.Propose(block));
        _bench.Restart();
        var other = Bench.With(block, time: block.Header.Time + 1);
        Assert.DoesNotContain(VoteKind.Notarize, Bench.Cast(_bench.Hear(_bench.Propose(other))));
        Assert.DoesNotContain(VoteKind.Notarize, Bench.Cast(_bench.Hear(_bench.Propose(block))));
    }

    [Fact]
    public void Never_notarizes_after_it_nullified_not_even_after_a_restart()
    {
        _bench.Hear(_bench.Sign(0, VoteKind.Nullify, First, default));
        Assert.Contains(VoteKind.Nullify, Bench.Cast(_bench.Log));
        _bench.Restart();
        Assert.Empty(Bench.Cast(_bench.Hear(_bench.Propose(_bench.BlockIn(First)))));
    }

    [Fact]
    public void Never_finalizes_a_view_that_it_nullified_not_even_after_a_restart()
    {
        _bench.Hear(_bench.Sign(0, VoteKind.Nullify, First, default));
        _bench.Restart();
        var effects = _bench.Hear(_bench.Certify(VoteKind.Notarize, First, _bench.BlockIn(First).Hash));
        Assert.Empty(Bench.Cast(effects));
        Assert.Equal(Second, _bench.Replica.View);
    }

    [Fact]
    public void Never_nullifies_a_view_that_it_finalized()
    {
        var log = new VoteLog();
        log.Record(_bench.Sign(2, VoteKind.Finalize, First, Digest.Of([1])));
        Assert.False(log.MayNullify(First));
        Assert.Throws<InvariantBrokenException>(() => log.Record(_bench.Sign(2, VoteKind.Nullify, First, default)));
    }

    [Fact]
    public void Writes_down_every_vote_its_block_and_its_cause_before_it_sends()
    {
        var block = _bench.BlockIn(First);
        _bench.Hear(_bench.Propose(block));
        _bench.Hear(_bench.Certify(VoteKind.Notarize, First, block.Hash));
        var order = _bench.Log
            .Where(effect => effect is Effect.Persist or Effect.Broadcast { Message: PeerMessage.Voted })
            .Select(effect => effect switch
            {
                Effect.Persist(JournalRecord.VotedBlock) => "block",
                Effect.Persist(JournalRecord.Learned) => "certificate",
                Effect.Persist(JournalRecord.OwnVote(var vote)) => $"write {vote.Kind}",
                Effect.Broadcast(PeerMessage.Voted(var vote)) => $"send {vote.Kind}",
                _ => "other",
            });
        Assert.Equal(
            ["block", "write Notarize", "send Notarize", "certificate", "write Finalize", "send Finalize"], order);
    }

    [Fact]
    public void Waits_when_the_justification_is_forged_because_a_relay_may_have_changed_it()
    {
        var forged = _bench.Certify(VoteKind.Nullify, First) with { View = new View(1) };
        forged = forged with { Signatures = [.. forged.Signatures.Select(part => part with { Signature = default })] };
        var effects = _bench.Hear(_bench.Propose(_bench.BlockIn(Second), null, forged));
        Assert.Single(effects.OfType<Effect.Distrust>());
        Assert.Empty(Bench.Cast(effects));
        Assert.Equal(First, _bench.Replica.View);
    }

    [Fact]
    public void Waits_and_asks_when_the_justification_is_cut_short()
    {
        var bench = new Bench(self: 3);
        bench.Hear(bench.Certify(VoteKind.Nullify, Second));
        var effects = bench.Hear(bench.Propose(bench.BlockIn(new View(3))));
        Assert.Empty(Bench.Cast(effects));
        Assert.Contains(
            effects, effect => effect is Effect.Send(_, PeerMessage.AsksCertificates(var first, _)) && first == First);

        Assert.Equal([VoteKind.Notarize], Bench.Cast(bench.Hear(bench.Certify(VoteKind.Nullify, First))));
    }

    [Fact]
    public void Votes_when_the_justification_proves_the_views_between()
    {
        var nullification = _bench.Certify(VoteKind.Nullify, First);
        var effects = _bench.Hear(_bench.Propose(_bench.BlockIn(Second), null, nullification));
        Assert.Equal([VoteKind.Notarize], Bench.Cast(effects));
    }

    [Fact]
    public void Nullifies_a_proposal_on_a_parent_that_a_finalisation_left_behind()
    {
        var block = _bench.BlockIn(First);
        _bench.Hear(_bench.Propose(block));
        _bench.Hear(_bench.Certify(VoteKind.Finalize, First, block.Hash));
        AssertNullified(ProposalRefusal.ParentRuledOut, _bench.Hear(_bench.Propose(_bench.BlockIn(Second))));
    }

    [Fact]
    public void Nullifies_a_proposal_with_other_roots_than_its_own_execution()
    {
        var wrong = Bench.With(_bench.BlockIn(First, Bench.Release), mapRoot: Digest.Of([1]));
        AssertNullified(ProposalRefusal.WrongRoots, _bench.Hear(_bench.Propose(wrong)));
    }

    [Fact]
    public void Nullifies_a_proposal_with_an_entry_that_a_ledger_rule_refuses()
    {
        var entries = new[] { (ReadOnlyMemory<byte>)Bench.Network.RootEnvelope.ToBytes() };
        var old = _bench.BlockIn(First).Header;
        var header = new Header(
            old.Epoch, old.View, old.Height, old.ParentView, old.ParentHash, old.Time, old.Leader,
            Block.RootOf(entries), old.LogSize, old.LogRoot, old.MapRoot);
        Assert.True(Block.TryCreate(header, [.. entries], out var block));
        AssertNullified(ProposalRefusal.InvalidEntry, _bench.Hear(_bench.Propose(block)));
    }

    [Fact]
    public void Nullifies_a_wrong_height_and_a_time_before_the_parents()
    {
        var high = Bench.With(_bench.BlockIn(First), height: 2);
        AssertNullified(ProposalRefusal.WrongHeight, _bench.Hear(_bench.Propose(high)));

        var other = new Bench(self: 2);
        var early = Bench.With(other.BlockIn(First), time: TestNetwork.Created - 1);
        AssertNullified(ProposalRefusal.TimeBackwards, other.Hear(other.Propose(early)));
    }

    [Fact]
    public void Waits_for_a_time_ahead_of_its_clock_and_votes_when_it_has_come()
    {
        long ahead = _bench.Now.ToUnixTimeSeconds() + Bounds.SkewSeconds + 1;
        Assert.Empty(Bench.Cast(_bench.Hear(_bench.Propose(Bench.With(_bench.BlockIn(First), time: ahead)))));
        Assert.Equal([VoteKind.Notarize], Bench.Cast(_bench.Wait(TimeSpan.FromSeconds(1))));
    }

    [Fact]
    public void Convicts_a_leader_that_proposes_twice_and_nullifies_its_view()
    {
        var block = _bench.BlockIn(First);
        _bench.Hear(_bench.Propose(block));
        var effects = _bench.Hear(_bench.Propose(Bench.With(block, time: block.Header.Time + 1)));
        var evidence = Assert.Single(effects.OfType<Effect.Convict>()).Evidence;
        Assert.True(_bench.Committee.Verifies(evidence.First) && _bench.Committee.Verifies(evidence.Second));
        Assert.True(Equivocation.Convicts(evidence.First, evidence.Second));
        AssertNullified(ProposalRefusal.Equivocation, effects);
    }

    [Fact]
    public void Convicts_a_node_that_nullifies_and_finalizes_and_does_so_once()
    {
        _bench.Hear(_bench.Sign(3, VoteKind.Nullify, First, default));
        var effects = _bench.Hear(_bench.Sign(3, VoteKind.Finalize, First, Digest.Of([1])));
        Assert.Single(effects.OfType<Effect.Convict>());
        Assert.Empty(_bench.Hear(_bench.Sign(3, VoteKind.Finalize, First, Digest.Of([2]))).OfType<Effect.Convict>());
    }

    [Fact]
    public void Ignores_votes_of_another_origin_another_epoch_or_another_signer()
    {
        var key = Bench.Network.Nodes[3].VoteKey;
        foreach (byte[] signed in new[]
        {
            Vote.SignedBytes("updates.example.org/staging", 1, VoteKind.Nullify, First, default),
            Vote.SignedBytes(TestNetwork.Origin, 2, VoteKind.Nullify, First, default),
            Vote.SignedBytes(TestNetwork.Origin, 1, VoteKind.Nullify, Second, default),
        })
        {
            var vote = new Vote(VoteKind.Nullify, First, default, 3, new VoteSignature(key.Sign(signed)));
            Assert.Single(_bench.Hear(vote).OfType<Effect.Distrust>());
        }

        var forged = _bench.Sign(3, VoteKind.Nullify, First, default) with { Signer = 1 };
        Assert.Single(_bench.Hear(3, new PeerMessage.Voted(forged)).OfType<Effect.Distrust>());
        Assert.Equal(First, _bench.Replica.View);
    }

    [Fact]
    public void Takes_no_certificate_with_fewer_or_more_signers_than_a_quorum()
    {
        var right = _bench.Certify(VoteKind.Nullify, First);
        var fourth = new CertificateSignature(3, _bench.Sign(3, VoteKind.Nullify, First, default).Signature);
        Assert.Single(_bench.Hear(right with { Signatures = right.Signatures[1..] }).OfType<Effect.Distrust>());
        Assert.Single(_bench.Hear(right with { Signatures = right.Signatures.Add(fourth) }).OfType<Effect.Distrust>());
        Assert.Equal(First, _bench.Replica.View);
        _bench.Hear(right);
        Assert.Equal(Second, _bench.Replica.View);
    }

    [Fact]
    public void Stops_when_two_certificates_contradict_each_other()
    {
        _bench.Hear(_bench.Certify(VoteKind.Notarize, First, Digest.Of([1])));
        Assert.Single(_bench.Hear(_bench.Certify(VoteKind.Notarize, First, Digest.Of([2]))).OfType<Effect.Halt>());
        Assert.Empty(_bench.Hear(_bench.Certify(VoteKind.Nullify, Second)));
    }

    private static void AssertNullified(ProposalRefusal refusal, IReadOnlyList<Effect> effects)
    {
        Assert.Equal(refusal, Assert.Single(effects.OfType<Effect.RefuseProposal>()).Refusal);
        Assert.Equal([VoteKind.Nullify], Bench.Cast(effects));
    }
}
