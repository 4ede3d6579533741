using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>Sums of multiples Σ sᵢ·Pᵢ of public points by public scalars; the doublings are shared (Straus).</summary>
internal static class MultiScalar
{
    private const int WindowBits = 4;
    private const int TableSize = 1 << WindowBits;

    public static Point<TField> SumVartime<TField>(ReadOnlySpan<Point<TField>> points, ReadOnlySpan<Scalar> scalars)
        where TField : unmanaged, ICurveField<TField>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scalars.Length, points.Length);

        var tables = new Point<TField>[points.Length * TableSize];
        var limbs = new ulong[points.Length * 4];
        for (int i = 0; i < points.Length; i++)
        {
            points[i].FillMultiples(tables.AsSpan(i * TableSize, TableSize));
            scalars[i].CopyLimbs(limbs.AsSpan(i * 4, 4));
        }

        Point<TField> sum = Point<TField>.Identity;
        for (int shift = 256 - WindowBits; shift >= 0; shift -= WindowBits)
        {
            sum = sum.Double().Double().Double().Double();
            for (int i = 0; i < points.Length; i++)
            {
                int digit = (int)((limbs[(4 * i) + (shift / 64)] >> (shift % 64)) & (TableSize - 1));
                if (digit != 0)
                    sum += tables[(i * TableSize) + digit];
            }
        }

        return sum;
    }
}
