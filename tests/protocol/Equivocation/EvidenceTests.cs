using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Equivocation;

/// <summary>What convicts a node of two histories, and what convicts nobody.</summary>
public sealed class EvidenceTests
{
    private const long Now = TestNetwork.Created + 5_000;

    private static readonly TestNetwork Network = TestNetwork.Create();
    private static readonly TestNode Liar = Network.Nodes[2];
    private static readonly MemoryTree Tree = MemoryTree.Of(40);

    [Fact]
    public void Two_cosigned_roots_of_one_size_convict_whichever_came_first()
    {
        var (one, other) = (Cosigned(At(7)), Cosigned(Forked(7)));
        foreach (var evidence in new[] { OfOneSize(one, other), OfOneSize(other, one) })
        {
            var conviction = Convict(evidence);
            Assert.Equal(2, conviction.Node);
            Assert.Contains("two roots of size 7", conviction.Contradiction, StringComparison.Ordinal);
        }

        Assert.Equal(OfOneSize(one, other).ToBytes(), OfOneSize(other, one).ToBytes());
    }

    [Fact]
    public void A_smaller_tree_that_is_no_prefix_convicts_at_every_size()
    {
        for (ulong size = 1; size < Tree.Size.Value; size++)
        {
            var evidence = OfTwoSizes(Cosigned(Forked(size)), Cosigned(At(Tree.Size.Value)));
            Assert.Contains("no prefix", Convict(evidence).Contradiction, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_node_says_to_nonces_convicts_like_what_it_cosigns()
    {
        Convict(OfOneSize(Answered(At(7)), Cosigned(Forked(7))));
        Convict(OfOneSize(Answered(At(7)), Answered(Forked(7))));
        Convict(OfTwoSizes(Answered(Forked(7)), Cosigned(At(20))));
    }

    [Fact]
    public void One_history_convicts_nobody()
    {
        Assert.Null(Evidence.OfOneSize(Liar.Identity, Cosigned(At(7)), Cosigned(At(7), Now + 60)));
        Assert.Null(Evidence.OfOneSize(Liar.Identity, Cosigned(At(7)), Cosigned(At(8))));
        AssertRejected(RejectionReason.EvidenceProvesNothing, OfTwoSizes(Cosigned(At(7)), Cosigned(At(20))));
    }

    [Fact]
    public void A_proof_that_does_not_lead_to_the_larger_tree_convicts_nobody()
    {
        var (smaller, larger) = (Cosigned(Forked(7)), Cosigned(At(20)));
        var proof = ProofBuilder.Consistency(Tree, new TreeSize(7), new TreeSize(20));
        var invented = Evidence.OfTwoSizes(Liar.Identity, smaller, larger, Digest.Of([1]), proof);
        AssertRejected(RejectionReason.EvidenceProvesNothing, invented);

        var altered = new ConsistencyProof(proof.OldSize, proof.NewSize, [Digest.Of([1]), .. proof.Hashes.Skip(1)]);
        AssertRejected(RejectionReason.EvidenceProvesNothing, Evidence.OfTwoSizes(
            Liar.Identity, smaller, larger, Tree.RootAt(new TreeSize(7)), altered));
        Assert.Throws<ArgumentException>(() => Evidence.OfTwoSizes(Liar.Identity, smaller, smaller, default, proof));
    }

    [Fact]
    public void What_another_node_signed_convicts_nobody()
    {
        var honest = Network.Nodes[1];
        var text = SignedCheckpoint.OfCosignature(Forked(7), honest.Attest(Forked(7), Now))!;
        AssertRejected(RejectionReason.EvidenceSignatureInvalid, OfOneSize(Cosigned(At(7)), text));
        AssertRejected(
            RejectionReason.EvidenceSignatureInvalid,
            Evidence.OfOneSize(honest.Identity, Cosigned(At(7)), Cosigned(Forked(7)))!);
    }

    [Fact]
    public void Another_network_and_a_node_that_the_root_does_not_name_are_not_judged()
    {
        var evidence = OfOneSize(Cosigned(At(7)), Cosigned(Forked(7)));
        AssertRejected(RejectionReason.EvidenceWrongOrigin, evidence, Network.Root with { Origin = "updates.example.org/other" });

        var stranger = new TestNode(9);
        var foreign = Evidence.OfOneSize(stranger.Identity, Cosigned(At(7), by: stranger), Cosigned(Forked(7), by: stranger))!;
        AssertRejected(RejectionReason.EvidenceUnknownNode, foreign);
        var renewed = Evidence.OfOneSize(
            stranger.Identity with { Name = Liar.Name }, Cosigned(At(7), by: stranger), Cosigned(Forked(7), by: stranger))!;
        AssertRejected(RejectionReason.EvidenceUnknownNode, renewed);
    }

    [Fact]
    public void Two_certified_notes_of_one_size_name_every_node_that_signed_both()
    {
        // Quorums of 0,1,2 and 1,2,3.
        var one = Parse(Network.Certify(At(7), Now));
        var other = Parse(Network.Note(Forked(7), Network.Nodes.Skip(1).Select(node => node.Attest(Forked(7), Now))));
        var found = Prosecution.OfNotes(Network.Root, one, other);

        Assert.Equal(["node-01", "node-02"], found.Select(evidence => evidence.Node));
        Assert.All(found, evidence => Convict(evidence));
        Assert.Empty(Prosecution.OfNotes(Network.Root, one, one));
    }

    [Fact]
    public void Two_certified_notes_of_different_sizes_need_the_proof()
    {
        var small = Parse(Network.Certify(Forked(8), Now));
        var large = Parse(Network.Certify(At(20), Now));
        var proof = ProofBuilder.Consistency(Tree, new TreeSize(8), new TreeSize(20));
        var found = Prosecution.OfNotes(Network.Root, large, small, Tree.RootAt(new TreeSize(8)), proof);

        Assert.Equal(3, found.Count);
        Assert.Empty(Prosecution.OfNotes(Network.Root, large, small));
        Assert.Empty(Prosecution.OfNotes(Network.Root, large, small, Forked(8).Root, proof));
    }

    [Fact]
    public void It_is_read_back_as_it_was_and_every_cut_refused() => ForAll.Seeds(50, random =>
    {
        byte[] bytes = Random(random).ToBytes();
        Assert.InRange(bytes.Length, 1, Limits.MaxEvidenceSize);
        Assert.True(Evidence.TryRead(bytes, out var read));
        Assert.Equal(bytes, read.ToBytes());
        Convict(read);
        Assert.False(Evidence.TryRead([.. bytes, 0], out _));
        for (int length = 0; length < bytes.Length; length++) Assert.False(Evidence.TryRead(bytes.AsSpan(0, length), out _));
    });

    [Fact]
    public void Every_altered_byte_of_a_proof_is_refused_or_read_as_what_it_is() => ForAll.Seeds(300, random =>
    {
        byte[] bytes = Random(random).ToBytes();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        if (!Evidence.TryRead(bytes, out var read)) return;

        Assert.Equal(bytes, read.ToBytes());
        Assert.False(read.Judge(Network.Root).TryGet(out _, out _));
    });

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(500, random =>
    {
        byte[] bytes = new byte[random.Next(400)];
        random.NextBytes(bytes);
        Evidence.TryRead(bytes, out _);
        Evidence.TryRead([.. "supplychain/evidence/v1\n"u8, .. bytes], out _);
        Assert.False(Evidence.TryRead(new byte[Limits.MaxEvidenceSize + 1], out _));
    });

    [Fact]
    public void The_two_texts_in_the_other_order_are_another_spelling_and_refused()
    {
        byte[] bytes = OfOneSize(Cosigned(At(7)), Cosigned(Forked(7))).ToBytes();
        int text = 1 + 8 + 8 + 32 + 64;
        Assert.False(Evidence.TryRead([.. bytes[..^(2 * text)], .. bytes[^text..], .. bytes[^(2 * text)..^text]], out _));
        Assert.False(Evidence.TryRead([.. bytes[..^text], .. bytes[^(2 * text)..^text]], out _));
    }

    internal static Evidence Random(Random random)
    {
        ulong size = 1 + (ulong)random.Next(39);
        SignedCheckpoint Sign(Checkpoint on) => random.Next(2) == 0 ? Cosigned(on, Now + random.Next(100)) : Answered(on);
        return random.Next(3) == 0
            ? OfOneSize(Sign(At(size)), Sign(Forked(size)))
            : OfTwoSizes(Sign(Forked(size)), Sign(At(40)));
    }

    private static Checkpoint At(ulong size) => new(TestNetwork.Origin, new TreeSize(size), Tree.RootAt(new TreeSize(size)));

    private static Checkpoint Forked(ulong size) => new(TestNetwork.Origin, new TreeSize(size), Digest.Of([(byte)size]));

    private static SignedCheckpoint Cosigned(Checkpoint on, long time = Now, TestNode? by = null) =>
        SignedCheckpoint.OfCosignature(on, (by ?? Liar).Attest(on, time))!;

    private static SignedCheckpoint Answered(Checkpoint on)
    {
        var nonce = new Nonce(Digest.Of([5]).AsSpan());
        var answer = NonceAnswer.Sign(Liar.AttestationKey, on, Now, [nonce])[0];
        Assert.True(answer.TryVerify(Liar.AttestationKey.PublicKey, TestNetwork.Origin, nonce, out var said));
        return SignedCheckpoint.OfNonces(said, answer.Signature);
    }

    private static Evidence OfOneSize(SignedCheckpoint one, SignedCheckpoint other) =>
        Evidence.OfOneSize(Liar.Identity, one, other)!;

    private static Evidence OfTwoSizes(SignedCheckpoint smaller, SignedCheckpoint larger)
    {
        var (oldSize, newSize) = (smaller.Checkpoint.Size, larger.Checkpoint.Size);
        return Evidence.OfTwoSizes(
            Liar.Identity, smaller, larger, Tree.RootAt(oldSize), ProofBuilder.Consistency(Tree, oldSize, newSize));
    }

    private static Conviction Convict(Evidence evidence)
    {
        Assert.True(evidence.Judge(Network.Root).TryGet(out var conviction, out var rejection), rejection?.ToString());
        return conviction;
    }

    private static void AssertRejected(RejectionReason reason, Evidence evidence, TrustRoot? root = null)
    {
        Assert.False(evidence.Judge(root ?? Network.Root).TryGet(out _, out var rejection));
        Assert.Equal(reason, rejection.Reason);
    }

    private static SignedNote Parse(byte[] note)
    {
        Assert.True(SignedNote.TryParse(note, out var signed));
        return signed;
    }
}
