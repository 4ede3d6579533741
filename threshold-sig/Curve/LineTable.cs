using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>One line of the Miller loop: its value at (x, y) is Constant + OfX·x·v + OfY·y·v·w.</summary>
internal readonly record struct Line(Fp2 Constant, Fp2 OfX, Fp2 OfY);

/// <summary>
/// The lines through the multiples of one G2 point which the Miller loop evaluates, about 20 kB: computed once for a
/// key that verifies many signatures. Lines are scaled by factors the final exponentiation removes.
/// </summary>
internal sealed class LineTable
{
    // 63 doublings and, for the ones of |x| after the first, 5 additions.
    private const int Steps = 68;

    private readonly Line[] _lines;

    public LineTable(in Point<Fp2> point)
    {
        IsOfIdentity = point.IsIdentity;
        _lines = IsOfIdentity ? [] : Compute(point.Normalize());
    }

    public static LineTable OfNegatedGenerator { get; } = new(-G2.Generator);

    public bool IsOfIdentity { get; }

    public ref readonly Line this[int step] => ref _lines[step];

    private static Line[] Compute(in Point<Fp2> affine)
    {
        var lines = new Line[Steps];
        Point<Fp2> multiple = affine;
        int step = 0;
        for (int bit = 62; bit >= 0; bit--)
        {
            lines[step++] = Tangent(multiple);
            multiple = multiple.Double();
            if (((CurveParameter.Magnitude >> bit) & 1) == 0) continue;

            lines[step++] = Chord(multiple, affine);
            multiple += affine;
        }

        return lines;
    }

    // Slope 3x²/2y; scaled by 2YZ, and 3X³ − 2Y²Z replaced by (Y² − 3bZ²)·Z with the curve's equation.
    private static Line Tangent(in Point<Fp2> at)
    {
        Fp2 xx = at.X.Square();
        return new Line(
            at.Y.Square() - Fp2.MultiplyBy3B(at.Z.Square()),
            -(xx.Double() + xx),
            (at.Y * at.Z).Double());
    }

    // Slope θ/δ through the affine point; scaled by δ.
    private static Line Chord(in Point<Fp2> from, in Point<Fp2> affine)
    {
        Fp2 theta = from.Y - (affine.Y * from.Z);
        Fp2 delta = from.X - (affine.X * from.Z);
        return new Line((theta * affine.X) - (delta * affine.Y), -theta, delta);
    }
}
