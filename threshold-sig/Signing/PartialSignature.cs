using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Signing;

/// <summary>
/// One member's part of a group's signature:
/// <code>u16 member index, big endian, 1 to 255 · 48 bytes signature</code>
/// </summary>
public sealed record PartialSignature
{
    /// <summary>Bytes of the one encoding.</summary>
    public const int Size = sizeof(ushort) + Signature.Size;

    public PartialSignature(int index, Signature signature)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Threshold.MaxMembers);
        ArgumentNullException.ThrowIfNull(signature);
        Index = index;
        Signature = signature;
    }

    public int Index { get; }

    public Signature Signature { get; }

    /// <summary>
    /// Reads 50 bytes; refuses indexes out of range and everything <see cref="Signature.TryRead"/> does.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PartialSignature? partial)
    {
        partial = null;
        if (bytes.Length != Size) return false;

        int index = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (index is < 1 or > Threshold.MaxMembers) return false;
        if (!Signature.TryRead(bytes[sizeof(ushort)..], out Signature? signature)) return false;

        partial = new PartialSignature(index, signature);
        return true;
    }

    public byte[] ToBytes() => [0, (byte)Index, .. Signature.ToBytes()];
}
