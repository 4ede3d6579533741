using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Signing;

/// <summary>
/// The public side of a shared key: the key itself, and what checks each member's part. Encoded as
/// <code>u8 m · u8 t · u8 f′ · t compressed points of G2, the commitment; the first is the public key</code>
/// </summary>
public sealed class GroupKey : IEquatable<GroupKey>
{
    private const int HeaderSize = 3;

    private readonly PublicKey?[] _publicShares;

    /// <exception cref="ArgumentException">The commitment is to a polynomial of another degree.</exception>
    public GroupKey(Threshold threshold, Commitment commitment)
    {
        ArgumentNullException.ThrowIfNull(commitment);
        if (commitment.Required != threshold.Required)
            throw new ArgumentException("A commitment has one point for each required signer.", nameof(commitment));

        Threshold = threshold;
        Commitment = commitment;
        _publicShares = new PublicKey?[threshold.Members + 1];
    }

    public Threshold Threshold { get; }

    public Commitment Commitment { get; }

    /// <summary>The key that the group's signatures verify with; it says nothing about who signed.</summary>
    public PublicKey PublicKey => Commitment.PublicKey;

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out GroupKey? key)
    {
        key = null;
        if (bytes.Length < HeaderSize) return false;
        if (!Threshold.TryCreate(bytes[0], bytes[1], bytes[2], out Threshold threshold)) return false;
        if (!Commitment.TryRead(bytes[HeaderSize..], threshold.Required, out Commitment? commitment)) return false;

        key = new GroupKey(threshold, commitment);
        return true;
    }

    /// <summary>
    /// The public key of one member's share. If the dealers chose a share of zero it verifies nothing.
    /// </summary>
    public PublicKey PublicShare(int index)
    {
        if (!Threshold.HasMember(index))
            throw new ArgumentOutOfRangeException(nameof(index), index, "Not a member.");

        // Computed at first use; two threads may both do it, to the same end.
        return _publicShares[index] ??= Commitment.Evaluate(index);
    }

    /// <summary>
    /// Whether a part was made with the share of the member it names; false for one that is no member.
    /// </summary>
    public bool VerifyPartial(ReadOnlySpan<byte> message, PartialSignature partial)
    {
        ArgumentNullException.ThrowIfNull(partial);
        return Threshold.HasMember(partial.Index) && PublicShare(partial.Index).Verify(message, partial.Signature);
    }

    public byte[] ToBytes() =>
        [(byte)Threshold.Members, (byte)Threshold.Required, (byte)Threshold.Faulty, .. Commitment.ToBytes()];

    public bool Equals(GroupKey? other) =>
        other is not null && Threshold == other.Threshold && Commitment.Equals(other.Commitment);

    public override bool Equals(object? obj) => Equals(obj as GroupKey);

    public override int GetHashCode() => HashCode.Combine(Threshold, Commitment);
}
