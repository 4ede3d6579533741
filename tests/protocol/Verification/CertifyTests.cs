using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using static SupplyChain.Protocol.Tests.Verification.Scenario;

namespace SupplyChain.Protocol.Tests.Verification;

public sealed class CertifyTests
{
    private static readonly Checkpoint Sample = new(TestNetwork.Origin, new TreeSize(7), Digest.Of("a tree"u8));

    private static readonly long MaxAge = Network.Root.Freshness.MaxAge, Skew = Network.Root.Freshness.Skew;

    [Fact]
    public void A_quorum_of_fresh_attestations_certifies()
    {
        byte[] note = Network.Certify(Sample, Now);

        Assert.True(Verifier.Certify(note, Now).TryGet(out var certified, out _));
        Assert.Equal(Sample, certified.Checkpoint);
        Assert.Equal([0, 1, 2], certified.Attestations.Select(attestation => attestation.Node));
        Assert.Equal(note, certified.Note.ToArray());
    }

    [Fact]
    public void One_attestation_less_than_a_quorum_does_not_certify() =>
        AssertRejected(RejectionReason.CheckpointNotCertified, Verifier.Certify(Network.Certify(Sample, Now, signers: 2), Now));

    [Fact]
    public void A_key_counts_once_however_often_it_signs() => AssertRejected(
        RejectionReason.CheckpointNotCertified,
        Certify(Network.Nodes[0].Attest(Sample, Now), Network.Nodes[0].Attest(Sample, Now - 1), Network.Nodes[1].Attest(Sample, Now)));

    [Fact]
    public void Keys_that_the_root_does_not_know_are_ignored()
    {
        var strangers = Enumerable.Range(50, 5).Select(index => new TestNode(index).Attest(Sample, Now)).ToArray();
        var two = Network.Nodes.Take(2).Select(node => node.Attest(Sample, Now)).ToArray();

        AssertRejected(RejectionReason.CheckpointNotCertified, Certify([.. strangers, .. two]));
        Assert.True(Certify([.. strangers, .. two, Network.Nodes[3].Attest(Sample, Now)]).TryGet(out var certified, out _));
        Assert.Equal([0, 1, 3], certified.Attestations.Select(attestation => attestation.Node));
    }

    [Fact]
    public void A_stranger_who_takes_a_nodes_name_is_ignored()
    {
        var impostor = Cosignature.Sign(new TestNode(50).AttestationKey, Network.Nodes[2].Name, Sample.ToText(), Now);
        AssertRejected(
            RejectionReason.CheckpointNotCertified,
            Certify(Network.Nodes[0].Attest(Sample, Now), Network.Nodes[1].Attest(Sample, Now), impostor));
    }

    [Fact]
    public void A_nodes_other_keys_do_not_attest()
    {
        var byVoteKey = Cosignature.Sign(Network.Nodes[2].VoteKey, Network.Nodes[2].Name, Sample.ToText(), Now);
        var asLog = Network.Nodes[2].SignAsLog(Sample);
        AssertRejected(
            RejectionReason.CheckpointNotCertified,
            Certify(Network.Nodes[0].Attest(Sample, Now), Network.Nodes[1].Attest(Sample, Now), byVoteKey, asLog));
    }

    [Fact]
    public void An_attestation_of_another_tree_does_not_count()
    {
        var other = new Checkpoint(Sample.Origin, Sample.Size, Digest.Of("another tree"u8));
        AssertRejected(
            RejectionReason.CheckpointNotCertified,
            Certify([.. Network.Nodes.Take(2).Select(node => node.Attest(Sample, Now)), Network.Nodes[2].Attest(other, Now)]));
    }

    [Fact]
    public void A_changed_time_stamp_breaks_the_attestation()
    {
        var old = Network.Nodes[2].Attest(Sample, Now - 100_000);
        Assert.True(Cosignature.TryRead(old, out _, out var signature));
        var restamped = Cosignature.ToNoteSignature(Network.Root.Nodes[2].AttestationVerifier, Now, signature);
        AssertRejected(
            RejectionReason.CheckpointNotCertified,
            Certify([.. Network.Nodes.Take(2).Select(node => node.Attest(Sample, Now)), restamped]));
    }

    [Fact]
    public void Attestations_too_old_or_from_the_future_make_a_checkpoint_stale()
    {
        foreach (long time in (long[])[0, Now - MaxAge - 1, Now + Skew + 1, long.MaxValue])
        {
            AssertRejected(
                RejectionReason.CheckpointStale,
                Certify([.. Network.Nodes.Take(2).Select(node => node.Attest(Sample, Now)), Network.Nodes[2].Attest(Sample, time)]));
        }
    }

    [Fact]
    public void Attestations_at_the_edges_of_the_window_count() => Assert.True(Certify(
        Network.Nodes[0].Attest(Sample, Now - MaxAge),
        Network.Nodes[1].Attest(Sample, Now + Skew),
        Network.Nodes[2].Attest(Sample, Now)).TryGet(out _, out _));

    [Fact]
    public void A_stamp_outside_the_window_is_never_fatal()
    {
        Assert.True(Certify([.. Network.Nodes.Take(3).Select(node => node.Attest(Sample, Now)), Network.Nodes[3].Attest(Sample, long.MaxValue)])
            .TryGet(out var certified, out _));
        Assert.Equal([0, 1, 2], certified.Attestations.Select(attestation => attestation.Node));
    }

    [Fact]
    public void An_old_line_does_not_hide_a_fresh_one_of_the_same_node()
    {
        var nodes = Network.Nodes;
        Assert.True(Certify(
            nodes[0].Attest(Sample, Now),
            nodes[1].Attest(Sample, Now),
            nodes[2].Attest(Sample, Now - 100_000),
            nodes[2].Attest(Sample, Now - 5),
            nodes[2].Attest(Sample, Now + 100_000)).TryGet(out var certified, out _));
        Assert.Equal(Now - 5, certified.Attestations[2].Time);
    }

    [Fact]
    public void One_liar_cannot_move_the_attested_time_out_of_the_honest_range()
    {
        foreach (long lie in (long[])[Now - MaxAge, Now + Skew])
        {
            Assert.True(Certify(
                Network.Nodes[0].Attest(Sample, Now - 7),
                Network.Nodes[1].Attest(Sample, lie),
                Network.Nodes[2].Attest(Sample, Now - 3)).TryGet(out var certified, out _));
            Assert.InRange(certified.Time, Now - 7, Now - 3);
        }
    }

    [Fact]
    public void Larger_networks_need_their_own_quorum()
    {
        var seven = TestNetwork.Create(nodes: 7);
        var verifier = new UpdateVerifier(seven.Root);

        AssertRejected(RejectionReason.CheckpointNotCertified, verifier.Certify(seven.Certify(Sample, Now, signers: 4), Now));
        Assert.True(verifier.Certify(seven.Certify(Sample, Now, signers: 5), Now).TryGet(out _, out _));
    }

    [Fact]
    public void A_checkpoint_of_another_log_is_refused_however_many_sign()
    {
        var other = new Checkpoint("updates.example.org/staging", Sample.Size, Sample.Root);
        AssertRejected(RejectionReason.CheckpointWrongOrigin, Verifier.Certify(Network.Certify(other, Now, signers: 4), Now));
    }

    [Fact]
    public void What_is_no_signed_checkpoint_is_malformed()
    {
        byte[] note = Network.Certify(Sample, Now);
        for (int length = 0; length < note.Length; length += 7)
            Assert.False(Verifier.Certify(note.AsSpan(0, length), Now).TryGet(out _, out _));

        AssertRejected(RejectionReason.CheckpointMalformed, Verifier.Certify([], Now));
        AssertRejected(RejectionReason.CheckpointMalformed, Verifier.Certify(note.AsSpan(0, note.Length - 1), Now));
        AssertRejected(RejectionReason.CheckpointMalformed, Verifier.Certify([.. note, (byte)'\n'], Now));
        AssertRejected(RejectionReason.CheckpointMalformed, Verifier.Certify(WithText("no checkpoint\n"), Now));
    }

    [Fact]
    public void A_second_spelling_of_a_checkpoint_is_malformed()
    {
        string text = System.Text.Encoding.UTF8.GetString(Sample.ToText());
        AssertRejected(RejectionReason.CheckpointMalformed, Verifier.Certify(WithText(text.Replace("\n7\n", "\n07\n", StringComparison.Ordinal)), Now));
        AssertRejected(RejectionReason.CheckpointMalformed, Verifier.Certify(WithText(text + "an extension\n"), Now));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(500, random =>
    {
        byte[] note = Network.Certify(Sample, Now);
        for (int i = 0; i < 3; i++) note[random.Next(note.Length)] = (byte)random.Next(256);
        Verifier.Certify(note, Now);
    });

    private static Verdict<CertifiedCheckpoint> Certify(params NoteSignature[] cosignatures) =>
        Verifier.Certify(Network.Note(Sample, cosignatures), Now);

    // A note that all nodes signed, whatever its text.
    private static byte[] WithText(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return new SignedNote(bytes, [.. Network.Nodes.Select(node => Cosignature.Sign(node.AttestationKey, node.Name, bytes, Now))]).Encode();
    }
}
