using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>
/// The compressed encoding of both curves: x, big endian, with three flags in the top bits of the first byte:
/// <code>0x80 compressed · 0x40 identity · 0x20 y is the larger of y and −y</code>
/// </summary>
internal static class PointEncoding
{
    private const byte Compressed = 0x80, Identity = 0x40, Larger = 0x20;
    private const byte Flags = Compressed | Identity | Larger;

    /// <summary>
    /// Reads a point of the curve, in its subgroup or not. Refuses other lengths, uncompressed points, the identity, x
    /// of p or more, and x without a y.
    /// </summary>
    public static bool TryRead<TField>(ReadOnlySpan<byte> bytes, out Point<TField> point)
        where TField : unmanaged, ICurveField<TField>
    {
        point = default;
        if (bytes.Length != TField.EncodedSize || (bytes[0] & (Compressed | Identity)) != Compressed) return false;

        Span<byte> bare = stackalloc byte[bytes.Length];
        bytes.CopyTo(bare);
        bare[0] &= 0xff ^ Flags;
        if (!TField.TryRead(bare, out TField x)) return false;
        if (!((x.Square() * x) + TField.CurveB).TrySquareRoot(out TField y)) return false;

        bool larger = (bytes[0] & Larger) != 0;
        point = new Point<TField>(x, y.LargerMask() != 0 == larger ? y : -y);
        return true;
    }

    /// <summary>Writes any point, in the same time for every one but the identity.</summary>
    public static void Write<TField>(in Point<TField> point, Span<byte> destination)
        where TField : unmanaged, ICurveField<TField>
    {
        destination = destination[..TField.EncodedSize];
        if (point.IsIdentity)
        {
            destination.Clear();
            destination[0] = Compressed | Identity;
            return;
        }

        Point<TField> affine = point.Normalize();
        affine.X.Write(destination);
        destination[0] |= (byte)(Compressed | (Larger & affine.Y.LargerMask()));
    }
}
