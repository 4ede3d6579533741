using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>What nodes say when asked, and what convicts them: nonces, evidence, and the roots that follow each other.</summary>
internal static class TestimonyReaders
{
    private static readonly MemoryTree Tree = MemoryTree.Of(40);
    private static readonly byte[] FirstRoot = Samples.Network.Root.ToRotation().ToPayload();
    private static readonly TestNode Liar = Samples.Network.Nodes[1];

    public static IEnumerable<Reader> All =>
    [
        Reader.Of("protocol.nonce", typeof(Nonce), nameof(Nonce.TryRead), bytes =>
            Nonce.TryRead(bytes, out var nonce) ? Answer.Accept(nonce.ToArray()) : Answer.Refused, () => [TestNetwork.Seed("nonce")]),
        Reader.Of("protocol.nonce-answer", typeof(NonceAnswer), nameof(NonceAnswer.TryRead), bytes =>
        {
            if (!NonceAnswer.TryRead(bytes, out var answer)) return Answer.Refused;
            _ = answer.TryVerify(Liar.AttestationKey.PublicKey, TestNetwork.Origin, new Nonce(TestNetwork.Seed("nonce")), out _);
            return Answer.Accept(answer.ToBytes());
        }, () => NonceAnswer.Sign(Liar.AttestationKey, At(7), TestNetwork.Created, [new Nonce(TestNetwork.Seed("nonce")), new Nonce(TestNetwork.Seed("other"))])
            .Select(answer => answer.ToBytes())),
        Reader.Of("protocol.evidence", typeof(Evidence), nameof(Evidence.TryRead), bytes =>
        {
            if (!Evidence.TryRead(bytes, out var evidence)) return Answer.Refused;
            _ = evidence.Judge(Samples.Network.Root);
            return Answer.Accept(evidence.ToBytes());
        }, () =>
        [
            Evidence.OfOneSize(Liar.Identity, Cosigned(At(7)), Cosigned(Forked(7)))!.ToBytes(),
            Evidence.OfTwoSizes(
                Liar.Identity, Cosigned(Forked(7)), Cosigned(At(40)), Tree.RootAt(new TreeSize(7)),
                ProofBuilder.Consistency(Tree, new TreeSize(7), new TreeSize(40))).ToBytes(),
        ]),
        Reader.Of("protocol.root-update", typeof(RootUpdate), nameof(RootUpdate.TryRead), bytes =>
        {
            if (!RootUpdate.TryRead(bytes, FirstRoot, out var update)) return Answer.Refused;
            _ = RootUpdate.Follow(Samples.Network.Root, bytes);
            return Answer.Accept(update.ToBytes());
        }, () => [new RootUpdate(Samples.Note(), Samples.Log().Include(0), FirstRoot).ToBytes()]),
    ];

    private static Checkpoint At(ulong size) => new(TestNetwork.Origin, new TreeSize(size), Tree.RootAt(new TreeSize(size)));

    private static Checkpoint Forked(ulong size) => new(TestNetwork.Origin, new TreeSize(size), Digest.Of([(byte)size]));

    private static SignedCheckpoint Cosigned(Checkpoint on) => SignedCheckpoint.OfCosignature(on, Liar.Attest(on, TestNetwork.Created))!;
}
