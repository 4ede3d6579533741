using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>Points, keys, signatures and dealings of <c>threshold-sig</c>.</summary>
internal static class SignatureReaders
{
    private static readonly Threshold Threshold = new(members: 3, required: 2, faulty: 1);
    private static readonly TestGroup Group = new("kernel");

    public static IEnumerable<Reader> All =>
    [
        Reader.Of("sig.fp", typeof(Fp), nameof(Fp.TryRead), bytes =>
        {
            if (!Fp.TryRead(bytes, out var value)) return Answer.Refused;
            byte[] encoded = new byte[Fp.Size];
            value.Write(encoded);
            return Answer.Accept(encoded);
        }, () => [new byte[Fp.Size], [(byte)(Point1()[0] & 0x1f), .. Point1()[1..]]]),
        Reader.Of("sig.fp2", typeof(Fp2), nameof(Fp2.TryRead), bytes =>
        {
            if (!Fp2.TryRead(bytes, out var value)) return Answer.Refused;
            byte[] encoded = new byte[2 * Fp.Size];
            value.Write(encoded);
            return Answer.Accept(encoded);
        }, () => [new byte[2 * Fp.Size]]),
        Reader.Of("sig.scalar", typeof(Scalar), nameof(Scalar.TryRead), bytes =>
        {
            if (!Scalar.TryRead(bytes, out var value)) return Answer.Refused;
            byte[] encoded = new byte[Scalar.Size];
            value.Write(encoded);
            return Answer.Accept(encoded);
        }, () => [Secret()]),
        Reader.Of("sig.g1", typeof(G1), nameof(G1.TryRead), bytes =>
            G1.TryRead(bytes, out var point) ? Answer.Accept(Encode(point)) : Answer.Refused, () => [Point1()]),
        Reader.Of("sig.g2", typeof(G2), nameof(G2.TryRead), bytes =>
            G2.TryRead(bytes, out var point) ? Answer.Accept(Encode(point)) : Answer.Refused, () => [Group.Key.PublicKey.ToBytes()]),
        Reader.Of("sig.signature", typeof(Signature), nameof(Signature.TryRead), bytes =>
            Signature.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused, () => [Point1()]),
        Reader.Of("sig.public-key", typeof(PublicKey), nameof(PublicKey.TryRead), bytes =>
            PublicKey.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => [Group.Key.PublicKey.ToBytes()]),
        Reader.Of("sig.partial", typeof(PartialSignature), nameof(PartialSignature.TryRead), bytes =>
            PartialSignature.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => Group.Shares.Select(share => share.Sign("fuzz"u8).ToBytes())),
        Reader.Of("sig.proof-of-possession", typeof(ProofOfPossession), nameof(ProofOfPossession.TryRead), bytes =>
            ProofOfPossession.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => [DealingOf(1).Proof.ToBytes()]),
        Reader.Of("sig.commitment", typeof(Commitment), nameof(Commitment.TryRead), bytes =>
            Commitment.TryRead(bytes, Threshold.Required, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => [Group.Key.Commitment.ToBytes()]),
        Reader.Of("sig.group-key", typeof(GroupKey), nameof(GroupKey.TryRead), bytes =>
            GroupKey.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused, () => [Group.Key.ToBytes()]),
        Reader.Of("sig.dealing", typeof(Dealing), nameof(Dealing.TryRead), bytes =>
            Dealing.TryRead(bytes, Threshold, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => [DealingOf(1).ToBytes(), DealingOf(3).ToBytes()]),
        Reader.Of("sig.encryption-key", typeof(EncryptionPublicKey), nameof(EncryptionPublicKey.TryRead), bytes =>
            EncryptionPublicKey.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused, () => [Point1()]),
        Reader.Of("sig.private-share", typeof(PrivateShare), nameof(PrivateShare.TryImport), bytes =>
        {
            if (!PrivateShare.TryImport(1, bytes, out var share)) return Answer.Refused;
            byte[] encoded = new byte[PrivateShare.SecretSize];
            share.ExportSecret(encoded);
            return Answer.Accept(encoded);
        }, () => [Secret()]),
    ];

    private static byte[] Point1() => Group.Shares[0].Sign("fuzz"u8).Signature.ToBytes();

    private static byte[] Secret()
    {
        byte[] secret = new byte[PrivateShare.SecretSize];
        Group.Shares[0].ExportSecret(secret);
        return secret;
    }

    private static Dealing DealingOf(int dealer)
    {
        using var made = Dealer.FromSeed(dealer, Threshold, TestNetwork.Seed("fuzz dealer"), "fuzz"u8);
        return made.Dealing;
    }

    private static byte[] Encode(Point<Fp> point)
    {
        byte[] encoded = new byte[G1.Size];
        PointEncoding.Write(point, encoded);
        return encoded;
    }

    private static byte[] Encode(Point<Fp2> point)
    {
        byte[] encoded = new byte[G2.Size];
        PointEncoding.Write(point, encoded);
        return encoded;
    }
}
