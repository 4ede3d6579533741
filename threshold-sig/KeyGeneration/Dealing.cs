using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.KeyGeneration;

/// <summary>
/// What a dealer shows everyone: the commitment to its polynomial, and the proof that it knows the constant term, bound
/// to its own index and to the ceremony.
/// <code>u16 dealer index, big endian · t compressed points of G2 · 48 bytes proof</code>
/// </summary>
public sealed record Dealing
{
    /// <exception cref="ArgumentOutOfRangeException">The index is not 1 to 255.</exception>
    public Dealing(int dealerIndex, Commitment commitment, ProofOfPossession proof)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dealerIndex, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dealerIndex, Threshold.MaxMembers);
        ArgumentNullException.ThrowIfNull(commitment);
        ArgumentNullException.ThrowIfNull(proof);
        DealerIndex = dealerIndex;
        Commitment = commitment;
        Proof = proof;
    }

    public int DealerIndex { get; }

    public Commitment Commitment { get; }

    public ProofOfPossession Proof { get; }

    /// <summary>Reads a dealing of a member of a group with this threshold.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, Threshold threshold, [NotNullWhen(true)] out Dealing? dealing)
    {
        dealing = null;
        int commitmentSize = threshold.Required * PublicKey.Size;
        if (bytes.Length != sizeof(ushort) + commitmentSize + ProofOfPossession.Size) return false;

        int index = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (!threshold.HasMember(index)) return false;

        bytes = bytes[sizeof(ushort)..];
        if (!Commitment.TryRead(bytes[..commitmentSize], threshold.Required, out Commitment? commitment)) return false;
        if (!ProofOfPossession.TryRead(bytes[commitmentSize..], out ProofOfPossession? proof)) return false;

        dealing = new Dealing(index, commitment, proof);
        return true;
    }

    /// <summary>Whether the dealer proved, for this ceremony, that it knows what it deals.</summary>
    public bool Verify(ReadOnlySpan<byte> context) =>
        Proof.Verify(Commitment.PublicKey, ProofContext(DealerIndex, context));

    /// <summary>Whether these 32 bytes are the share this dealing commits to for a member, 1 to 255.</summary>
    public bool VerifyShare(int index, ReadOnlySpan<byte> share) =>
        Scalar.TryRead(share, out Scalar scalar) && VerifyShare(index, scalar);

    public byte[] ToBytes() => [0, (byte)DealerIndex, .. Commitment.ToBytes(), .. Proof.ToBytes()];

    internal static byte[] ProofContext(int dealerIndex, ReadOnlySpan<byte> context) =>
        [0, (byte)dealerIndex, .. context];

    internal bool VerifyShare(int index, in Scalar share) => G2.Generator * share == Commitment.EvaluatePoint(index);
}
