using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>
/// The optimal ate pairing e: G1 × G2 → Fp12, raised to the third power (which is again a pairing, because 3 does not
/// divide r, and has a shorter final exponentiation). Everything here is variable time: pairings only verify.
/// </summary>
internal static class Pairing
{
    /// <summary>Whether the product of all e(Pᵢ, Qᵢ) is one; pairs with an identity count as one.</summary>
    public static bool ProductIsOne(ReadOnlySpan<(Point<Fp> P, LineTable Q)> pairs) =>
        FinalExponentiation(MillerLoop(pairs)) == Fp12.One;

    public static Fp12 Of(in Point<Fp> p, in Point<Fp2> q) =>
        FinalExponentiation(MillerLoop([(p, new LineTable(q))]));

    // One loop for all pairs: the squarings are shared.
    private static Fp12 MillerLoop(ReadOnlySpan<(Point<Fp> P, LineTable Q)> pairs)
    {
        var affine = new Point<Fp>[pairs.Length];
        for (int i = 0; i < pairs.Length; i++)
            affine[i] = pairs[i].P.Normalize();

        Fp12 value = Fp12.One;
        int step = 0;
        for (int bit = 62; bit >= 0; bit--)
        {
            value = MultiplyByLines(value.Square(), pairs, affine, step++);
            if (((CurveParameter.Magnitude >> bit) & 1) == 1)
                value = MultiplyByLines(value, pairs, affine, step++);
        }

        // x is negative.
        return value.Conjugate();
    }

    private static Fp12 MultiplyByLines(
        in Fp12 value, ReadOnlySpan<(Point<Fp> P, LineTable Q)> pairs, ReadOnlySpan<Point<Fp>> affine, int step)
    {
        Fp12 product = value;
        for (int i = 0; i < pairs.Length; i++)
        {
            if (affine[i].IsIdentity || pairs[i].Q.IsOfIdentity) continue;

            ref readonly Line line = ref pairs[i].Q[step];
            product = product.MultiplyByLine(line.Constant, line.OfX * affine[i].X, line.OfY * affine[i].Y);
        }

        return product;
    }

    // (p¹² − 1)/r = (p⁶ − 1)(p² + 1) · (p⁴ − p² + 1)/r, and three times the last factor is
    // (x − 1)²(x + p)(x² + p² − 1) + 3 (Hayashida, Hayasaka and Teruya, eprint 2020/875).
    private static Fp12 FinalExponentiation(in Fp12 value)
    {
        Fp12 easy = value.Conjugate() * value.Invert();
        easy = easy.Frobenius().Frobenius() * easy;

        Fp12 a = PowerOfX(easy) * easy.Conjugate();
        a = PowerOfX(a) * a.Conjugate();
        Fp12 b = PowerOfX(a) * a.Frobenius();
        Fp12 c = PowerOfX(PowerOfX(b)) * b.Frobenius().Frobenius() * b.Conjugate();
        return c * easy.CyclotomicSquare() * easy;
    }

    // In the cyclotomic subgroup, where the conjugate is the inverse; x is negative.
    private static Fp12 PowerOfX(in Fp12 value)
    {
        Fp12 power = value;
        for (int bit = 62; bit >= 0; bit--)
        {
            power = power.CyclotomicSquare();
            if (((CurveParameter.Magnitude >> bit) & 1) == 1)
                power *= value;
        }

        return power.Conjugate();
    }
}
