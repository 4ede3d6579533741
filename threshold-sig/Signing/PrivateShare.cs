using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Signing;

/// <summary>
/// One member's secret share of a group key. It has no equality, no text form and no serialisation but
/// <see cref="ExportSecret"/>; its scalar is erased on disposal, and arithmetic on it takes the same time for every
/// value.
/// </summary>
public sealed class PrivateShare : IDisposable
{
    /// <summary>Bytes of the exported secret: a scalar below the group order, big endian.</summary>
    public const int SecretSize = Scalar.Size;

    private readonly SecretScalars _secret;

    internal PrivateShare(int index, in Scalar secret)
    {
        Index = index;
        _secret = new SecretScalars(1);
        _secret[0] = secret;
    }

    /// <summary>The member's number, 1 to m.</summary>
    public int Index { get; }

    /// <summary>Reads an exported secret; refuses other lengths, zero and numbers not below the group order.</summary>
    public static bool TryImport(int index, ReadOnlySpan<byte> secret, [NotNullWhen(true)] out PrivateShare? share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Threshold.MaxMembers);

        share = Scalar.TryRead(secret, out Scalar scalar) && !scalar.IsZero ? new PrivateShare(index, scalar) : null;
        return share is not null;
    }

    /// <summary>Writes the secret, 32 bytes, which the caller must seal and erase.</summary>
    public void ExportSecret(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, SecretSize);
        _secret[0].Write(destination);
    }

    /// <summary>
    /// This member's part of the group's signature on a message, in <see cref="Ciphersuite.Default"/>.
    /// </summary>
    public PartialSignature Sign(ReadOnlySpan<byte> message)
    {
        Point<Fp> hash = HashToG1.RandomOracle(message, Ciphersuite.Default.Tag);
        return new PartialSignature(Index, new Signature(hash * _secret[0]));
    }

    /// <summary>
    /// What <see cref="GroupKey.PublicShare"/> must be for this member if the share belongs to that group.
    /// </summary>
    public PublicKey ToPublicShare() => new(G2.Generator * _secret[0]);

    public void Dispose() => _secret.Dispose();
}
