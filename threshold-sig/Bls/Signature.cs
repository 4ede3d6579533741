using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Bls;

/// <summary>
/// A BLS signature: a point of G1 other than the identity. Two signatures are equal if their bytes are.
/// </summary>
public sealed class Signature : IEquatable<Signature>
{
    /// <summary>Bytes of the one encoding, a compressed point.</summary>
    public const int Size = G1.Size;

    private readonly byte[] _encoding;

    internal Signature(in Point<Fp> point)
    {
        Point = point.Normalize();
        _encoding = new byte[Size];
        PointEncoding.Write(Point, _encoding);
    }

    internal Point<Fp> Point { get; }

    /// <summary>
    /// Reads 48 bytes; refuses what is not the canonical encoding of a point on the curve, in the subgroup, not the
    /// identity.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Signature? signature)
    {
        signature = G1.TryRead(bytes, out Point<Fp> point) ? new Signature(point) : null;
        return signature is not null;
    }

    public byte[] ToBytes() => [.. _encoding];

    public bool Equals(Signature? other) => other is not null && _encoding.AsSpan().SequenceEqual(other._encoding);

    public override bool Equals(object? obj) => Equals(obj as Signature);

    public override int GetHashCode() => EncodingHash.Of(_encoding);

    public override string ToString() => Convert.ToHexStringLower(_encoding);
}
