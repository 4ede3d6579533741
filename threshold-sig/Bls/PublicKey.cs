using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Bls;

/// <summary>A BLS public key: a point of G2 other than the identity. Two keys are equal if their bytes are.</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    /// <summary>Bytes of the one encoding, a compressed point.</summary>
    public const int Size = G2.Size;

    private readonly byte[] _encoding;
    private LineTable? _lines;

    /// <summary>A computed key; if it is the identity it verifies nothing, and its bytes cannot be read back.</summary>
    internal PublicKey(in Point<Fp2> point)
    {
        Point = point.Normalize();
        _encoding = new byte[Size];
        PointEncoding.Write(Point, _encoding);
    }

    internal Point<Fp2> Point { get; }

    // Computed at first use; two threads may both do it, to the same end.
    private LineTable Lines => _lines ??= new LineTable(Point);

    /// <summary>
    /// Reads 96 bytes; refuses what is not the canonical encoding of a point on the curve, in the subgroup, not the
    /// identity.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PublicKey? key)
    {
        key = G2.TryRead(bytes, out Point<Fp2> point) ? new PublicKey(point) : null;
        return key is not null;
    }

    /// <summary>Whether the signature is this key's on the message, in <see cref="Ciphersuite.Default"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> message, Signature signature) =>
        Verify(message, signature, Ciphersuite.Default);

    /// <summary>Whether the signature is this key's on the message: e(signature, G) = e(H(message), key).</summary>
    public bool Verify(ReadOnlySpan<byte> message, Signature signature, Ciphersuite suite)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(suite);

        Point<Fp> hash = HashToG1.RandomOracle(message, suite.Tag);
        return Pairing.ProductIsOne([(signature.Point, LineTable.OfNegatedGenerator), (hash, Lines)]);
    }

    public byte[] ToBytes() => [.. _encoding];

    public bool Equals(PublicKey? other) => other is not null && _encoding.AsSpan().SequenceEqual(other._encoding);

    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    public override int GetHashCode() => EncodingHash.Of(_encoding);

    public override string ToString() => Convert.ToHexStringLower(_encoding);
}
