using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>
/// A point of y² = x³ + b in homogeneous coordinates (x = X/Z, y = Y/Z; Z = 0 is the identity). Addition and doubling
/// are the complete formulas of Renes, Costello and Batina (eprint 2015/1060, algorithms 7 and 9): no input is special,
/// because both curves have odd order, so nothing branches on a secret.
/// </summary>
internal readonly struct Point<TField>(in TField x, in TField y, in TField z) : IEquatable<Point<TField>>
    where TField : unmanaged, ICurveField<TField>
{
    private const int WindowBits = 4;

    public readonly TField X = x;
    public readonly TField Y = y;
    public readonly TField Z = z;

    public Point(in TField x, in TField y)
        : this(x, y, TField.One)
    {
    }

    public static Point<TField> Identity => new(TField.Zero, TField.One, TField.Zero);

    public bool IsIdentity => Z.IsZero;

    public static Point<TField> operator +(in Point<TField> a, in Point<TField> b)
    {
        TField xx = a.X * b.X;
        TField yy = a.Y * b.Y;
        TField zz = a.Z * b.Z;
        TField xy = ((a.X + a.Y) * (b.X + b.Y)) - xx - yy;
        TField yz = ((a.Y + a.Z) * (b.Y + b.Z)) - yy - zz;
        TField xz = TField.MultiplyBy3B(((a.X + a.Z) * (b.X + b.Z)) - xx - zz);
        TField threeXx = xx.Double() + xx;
        TField bzz = TField.MultiplyBy3B(zz);
        TField sum = yy + bzz;
        TField difference = yy - bzz;
        return new Point<TField>(
            (xy * difference) - (yz * xz),
            (difference * sum) + (xz * threeXx),
            (sum * yz) + (threeXx * xy));
    }

    public static Point<TField> operator -(in Point<TField> a) => new(a.X, -a.Y, a.Z);

    public static Point<TField> operator -(in Point<TField> a, in Point<TField> b) => a + (-b);

    public static bool operator ==(in Point<TField> a, in Point<TField> b) =>
        ((a.X * b.Z) - (b.X * a.Z)).IsZero && ((a.Y * b.Z) - (b.Y * a.Z)).IsZero && a.IsIdentity == b.IsIdentity;

    public static bool operator !=(in Point<TField> a, in Point<TField> b) => !(a == b);

    /// <summary>
    /// scalar·this in constant time: 64 windows of four bits, each four doublings and one addition of a table entry
    /// found by reading the whole table.
    /// </summary>
    public static Point<TField> operator *(in Point<TField> point, in Scalar scalar)
    {
        Span<Point<TField>> table = stackalloc Point<TField>[1 << WindowBits];
        point.FillMultiples(table);
        Span<ulong> limbs = stackalloc ulong[4];
        scalar.CopyLimbs(limbs);

        Point<TField> result = Identity;
        for (int shift = 256 - WindowBits; shift >= 0; shift -= WindowBits)
        {
            result = result.Double().Double().Double().Double();
            result += Lookup(table, (limbs[shift / 64] >> (shift % 64)) & ((1 << WindowBits) - 1));
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(limbs));
        return result;
    }

    public Point<TField> Double()
    {
        TField yy = Y.Square();
        TField bzz = TField.MultiplyBy3B(Z.Square());
        TField yz = Y * Z;
        TField eightYy = yy.Double().Double().Double();
        TField rest = yy - (bzz.Double() + bzz);
        return new Point<TField>(
            (rest * (X * Y)).Double(),
            (bzz * eightYy) + (rest * (yy + bzz)),
            yz * eightYy);
    }

    /// <summary>multiplier·this by double-and-add: time depends on the multiplier, which must be public.</summary>
    public Point<TField> MultiplyVartime(ReadOnlySpan<ulong> multiplier)
    {
        Point<TField> result = Identity;
        bool started = false;
        for (int bit = (64 * multiplier.Length) - 1; bit >= 0; bit--)
        {
            if (started)
                result = result.Double();
            if (((multiplier[bit / 64] >> (bit % 64)) & 1) == 0) continue;

            result = started ? result + this : this;
            started = true;
        }

        return result;
    }

    public Point<TField> MultiplyVartime(ulong multiplier) => MultiplyVartime([multiplier]);

    /// <summary>The same point with Z = 1; the identity stays as it is.</summary>
    public Point<TField> Normalize()
    {
        if (IsIdentity) return Identity;

        TField inverse = Z.Invert();
        return new Point<TField>(X * inverse, Y * inverse, TField.One);
    }

    /// <summary>0·this, 1·this, 2·this and so on.</summary>
    public void FillMultiples(Span<Point<TField>> multiples)
    {
        multiples[0] = Identity;
        for (int i = 1; i < multiples.Length; i++)
            multiples[i] = multiples[i - 1] + this;
    }

    public bool IsOnCurve() => ((Y.Square() * Z) - (X.Square() * X) - (TField.CurveB * Z.Square() * Z)).IsZero;

    public bool Equals(Point<TField> other) => this == other;

    public override bool Equals(object? obj) => obj is Point<TField> other && this == other;

    public override int GetHashCode()
    {
        Point<TField> affine = Normalize();
        return HashCode.Combine(affine.X, affine.Y);
    }

    private static Point<TField> Lookup(ReadOnlySpan<Point<TField>> table, ulong index)
    {
        Point<TField> found = table[0];
        for (int i = 1; i < table.Length; i++)
        {
            ulong here = Limb.ZeroMask((ulong)i ^ index);
            found = new Point<TField>(
                TField.Select(here, table[i].X, found.X),
                TField.Select(here, table[i].Y, found.Y),
                TField.Select(here, table[i].Z, found.Z));
        }

        return found;
    }
}
