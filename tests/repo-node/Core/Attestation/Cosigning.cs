using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Attestation;

/// <summary>The four rules of docs/protocol.md §4, and the gathering of what they let through.</summary>
public sealed class Cosigning
{
    private const long AttestEvery = 60, Now = 1_000_000;
    private const ClockStanding Right = ClockStanding.Confirmed;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(AttestEvery);
    private static readonly TestNetwork Network = TestNetwork.Create();
    private static readonly Digest Artifact = Digest.Of([7]);
    private static readonly Attestable Genesis = new(2, Digest.Of([2]), []);
    private static readonly Attestable Released = new(4, Digest.Of([4]), [Artifact]);

    [Fact]
    public void The_genesis_is_cosigned_at_the_first_start()
    {
        var cosigner = new Cosigner(AttestEvery, last: null);
        cosigner.Extend(Genesis);
        Assert.Equal(new JournalRecord.CosignedCheckpoint(2, Genesis.Root, Now), cosigner.Next(Now, default, Right));
    }

    [Fact]
    public void A_block_is_cosigned_only_when_all_its_artifacts_were_read_back()
    {
        var cosigner = Started();
        cosigner.Extend(Released);
        Assert.Null(cosigner.Next(Now + 1, default, Right));
        Assert.Equal([Artifact], cosigner.Missing);
        cosigner.ArtifactsRead([Artifact]);
        Assert.Equal(4UL, cosigner.Next(Now + 1, default, Right)?.Size);
    }

    [Fact]
    public void A_later_block_waits_for_an_earlier_one()
    {
        var cosigner = Started();
        cosigner.Extend(Released);
        cosigner.Extend(new Attestable(6, Digest.Of([6]), []));
        Assert.Null(cosigner.Next(Now + 1, default, Right));
    }

    [Fact]
    public void The_newest_is_cosigned_again_when_it_is_due()
    {
        var cosigner = Started();
        Assert.Null(cosigner.Next(Now + AttestEvery - 1, Period - TimeSpan.FromTicks(1), Right));
        Assert.Equal(
            new JournalRecord.CosignedCheckpoint(2, Genesis.Root, Now + AttestEvery),
            cosigner.Next(Now + AttestEvery, Period, Right));
    }

    [Fact]
    public void A_node_goes_on_saying_that_the_old_one_is_the_newest_while_bytes_are_missing()
    {
        var cosigner = Started();
        cosigner.Extend(Released);
        Assert.Equal(2UL, cosigner.Next(Now + AttestEvery, Period, Right)?.Size);
    }

    [Fact]
    public void A_smaller_checkpoint_is_never_cosigned_after_a_larger_one() =>
        Assert.Equal(AttestationRuling.Passed, AttestationRules.Decide(
            Genesis, new JournalRecord.CosignedCheckpoint(4, Released.Root, Now), _ => true));

    [Fact]
    public void Another_root_at_the_size_last_cosigned_is_a_fork()
    {
        var last = new JournalRecord.CosignedCheckpoint(2, Digest.Of([9]), Now);
        Assert.Equal(AttestationRuling.Fork, AttestationRules.Decide(Genesis, last, _ => true));
        Assert.Throws<InvariantBrokenException>(() => new Cosigner(AttestEvery, last).Extend(Genesis));
    }

    [Fact]
    public void A_node_whose_chain_is_behind_its_journal_cosigns_nothing_until_the_chain_leads_there()
    {
        var cosigner = new Cosigner(AttestEvery, new JournalRecord.CosignedCheckpoint(4, Released.Root, Now));
        cosigner.Extend(Genesis);
        Assert.Null(cosigner.Next(Now + AttestEvery, Period, Right));
        cosigner.Extend(Released);
        Assert.Equal(4UL, cosigner.Next(Now + AttestEvery, Period, Right)?.Size);
    }

    [Fact]
    public void A_chain_that_passes_by_what_the_journal_says_stops_the_node()
    {
        var cosigner = new Cosigner(AttestEvery, new JournalRecord.CosignedCheckpoint(3, Digest.Of([3]), Now));
        cosigner.Extend(Genesis);
        Assert.Throws<InvariantBrokenException>(() => cosigner.Extend(Released));
    }

    [Fact]
    public void A_clock_that_goes_back_takes_no_cosignature_back()
    {
        var cosigner = Started();
        cosigner.Extend(new Attestable(6, Digest.Of([6]), []));
        Assert.Equal(Now, cosigner.Next(Now - 500, default, Right)?.Time);
    }

    [Fact]
    public void A_clock_that_is_put_right_changes_what_is_said_and_not_when()
    {
        var cosigner = Started();
        Assert.Null(cosigner.Next(Now + 86_400, Period / 2, Right));
        Assert.Equal(Now + 86_400, cosigner.Next(Now + 86_400, Period, Right)?.Time);
    }

    [Fact]
    public void A_clock_that_went_back_has_nothing_new_to_say() =>
        Assert.Null(Started().Next(Now - 86_400, 2 * Period, Right));

    [Theory]
    [InlineData(ClockStanding.Ahead)]
    [InlineData(ClockStanding.Unconfirmed)]
    public void A_clock_that_the_peers_do_not_confirm_stamps_nothing_and_nothing_is_lost_by_it(ClockStanding wrong)
    {
        var cosigner = Started();
        Assert.Null(cosigner.Next(Now + 86_400, 2 * Period, wrong));
        cosigner.Extend(new Attestable(6, Digest.Of([6]), []));
        Assert.Null(cosigner.Next(Now + 86_400, 2 * Period, wrong));
        Assert.Equal(
            new JournalRecord.CosignedCheckpoint(6, Digest.Of([6]), Now + 9), cosigner.Next(Now + 9, 2 * Period, Right));
    }

    [Fact]
    public void What_a_crash_may_have_kept_from_the_peers_is_sent_again_once_and_as_it_was()
    {
        var last = new JournalRecord.CosignedCheckpoint(4, Released.Root, Now);
        var cosigner = new Cosigner(AttestEvery, last);
        cosigner.Extend(Genesis);
        Assert.Null(cosigner.TakeUnsent());
        cosigner.Extend(Released);
        Assert.Equal(last, cosigner.TakeUnsent());
        Assert.Null(cosigner.TakeUnsent());
    }

    [Fact]
    public void The_newest_cosignature_of_a_node_is_remembered_when_its_checkpoint_is_forgotten()
    {
        var gathered = Gathering();
        gathered.Extend(Released.Size, Released.Root);
        var slow = By(3, Genesis);
        gathered.Add(slow);
        foreach (byte node in new byte[] { 0, 1, 2 }) gathered.Add(By(node, Released));
        Assert.Equal(new TreeSize(4), gathered.Certified?.Size);
        Assert.Equal(slow, gathered.NewestOf(3));
        Assert.Equal(4UL, gathered.NewestOf(0)?.Size);
    }

    [Fact]
    public void A_cosignature_that_comes_when_others_have_certified_more_is_remembered_all_the_same()
    {
        var gathered = Gathering();
        gathered.Extend(Released.Size, Released.Root);
        foreach (byte node in new byte[] { 0, 1, 2 }) gathered.Add(By(node, Released));
        var late = By(3, Genesis);
        Assert.Equal(CosignatureOutcome.Ignored, gathered.Add(late));
        Assert.Equal(late, gathered.NewestOf(3));
        Assert.Equal(CosignatureOutcome.Forged, gathered.Add(late with { Time = Now + 1 }));
    }

    [Fact]
    public void A_checkpoint_is_certified_by_a_quorum_of_different_nodes_and_not_before()
    {
        var gathered = Gathering();
        Assert.Equal(CosignatureOutcome.Kept, gathered.Add(By(0, Genesis)));
        Assert.Equal(CosignatureOutcome.Kept, gathered.Add(By(3, Genesis)));
        Assert.Equal(CosignatureOutcome.Kept, gathered.Add(By(3, Genesis, Now + 1)));
        Assert.Null(gathered.Certified);
        gathered.Add(By(1, Genesis));
        Assert.Equal(new TreeSize(2), gathered.Certified?.Size);
        Assert.Equal(["node-00", "node-01", "node-03"], gathered.OnCertified.Select(signature => signature.Name));
    }

    [Fact]
    public void A_fourth_cosignature_and_newer_ones_are_added_and_older_ones_ignored()
    {
        var gathered = Gathering();
        foreach (byte node in new byte[] { 0, 1, 2, 3 }) gathered.Add(By(node, Genesis));
        Assert.Equal(4, gathered.OnCertified.Count);
        Assert.Equal(CosignatureOutcome.Ignored, gathered.Add(By(1, Genesis, Now - 1)));
        Assert.Equal(CosignatureOutcome.Kept, gathered.Add(By(1, Genesis, Now + 1)));
    }

    [Fact]
    public void A_forged_cosignature_is_refused()
    {
        var gathered = Gathering();
        Assert.Equal(CosignatureOutcome.Forged, gathered.Add(By(1, Genesis) with { Node = 2 }));
        Assert.Equal(CosignatureOutcome.Forged, gathered.Add(By(1, Genesis) with { Node = 9 }));
        Assert.Equal(CosignatureOutcome.Forged, gathered.Add(By(1, Genesis) with { Time = Now + 1 }));
    }

    [Fact]
    public void A_cosignature_on_another_root_of_our_log_is_a_fork()
    {
        var gathered = Gathering();
        Assert.Equal(CosignatureOutcome.Forked, gathered.Add(By(1, Genesis with { Root = Digest.Of([9]) })));
        Assert.Equal(CosignatureOutcome.Kept, gathered.Add(By(1, Released with { Root = Digest.Of([9]) })));
        Assert.Single(gathered.Extend(Released.Size, Released.Root));
    }

    [Fact]
    public void Cosignatures_on_what_is_not_final_here_yet_count_once_it_is()
    {
        var gathered = Gathering();
        foreach (byte node in new byte[] { 0, 1, 2 }) gathered.Add(By(node, Released));
        Assert.Null(gathered.Certified);
        Assert.Empty(gathered.Extend(Released.Size, Released.Root));
        Assert.Equal(new TreeSize(4), gathered.Certified?.Size);
    }

    [Fact]
    public void A_node_that_cosigns_sizes_without_end_fills_nothing()
    {
        var gathered = Gathering();
        int kept = Enumerable.Range(0, 40).Count(ahead =>
            gathered.Add(By(1, new Attestable(100 + (ulong)ahead, Digest.Of([1]), []))) == CosignatureOutcome.Kept);
        Assert.Equal(8, kept);
    }

    private static Cosigner Started()
    {
        var cosigner = new Cosigner(AttestEvery, last: null);
        cosigner.Extend(Genesis);
        cosigner.Journaled(cosigner.Next(Now, default, Right)!, default);
        return cosigner;
    }

    private static Cosignatures Gathering()
    {
        var gathered = new Cosignatures(Network.Root);
        gathered.Extend(Genesis.Size, Genesis.Root);
        return gathered;
    }

    private static CosignatureGossip By(byte node, Attestable on, long time = Now)
    {
        var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(on.Size), on.Root);
        var note = Network.Nodes[node].Attest(checkpoint, time);
        Assert.True(Cosignature.TryRead(note, out _, out var signature));
        return new CosignatureGossip(on.Size, on.Root, node, time, new VoteSignature(signature));
    }
}
