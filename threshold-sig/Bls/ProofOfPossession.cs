using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Bls;

/// <summary>
/// A proof that someone knows the secret of a public key: a signature, under its own tag, on the key's 96 bytes
/// followed by a context that says what the proof is for. Without it a key could be made up from other people's keys.
/// </summary>
public sealed record ProofOfPossession
{
    /// <summary>Bytes of the one encoding, a compressed point of G1.</summary>
    public const int Size = Signature.Size;

    private readonly Signature _signature;

    private ProofOfPossession(Signature signature) => _signature = signature;

    /// <summary>Reads 48 bytes, as strictly as a <see cref="Signature"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ProofOfPossession? proof)
    {
        proof = Signature.TryRead(bytes, out Signature? signature) ? new ProofOfPossession(signature) : null;
        return proof is not null;
    }

    /// <summary>Whether the key's owner made this proof for this context.</summary>
    public bool Verify(PublicKey key, ReadOnlySpan<byte> context)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Verify([.. key.ToBytes(), .. context], _signature, Ciphersuite.Possession);
    }

    public byte[] ToBytes() => _signature.ToBytes();

    public override string ToString() => _signature.ToString();

    internal static ProofOfPossession Create(in Scalar secret, PublicKey key, ReadOnlySpan<byte> context)
    {
        Point<Fp> hash = HashToG1.RandomOracle([.. key.ToBytes(), .. context], Ciphersuite.Possession.Tag);
        return new ProofOfPossession(new Signature(hash * secret));
    }
}
