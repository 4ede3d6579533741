using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>
/// Hashing to G1 (RFC 9380 §8.8.1, BLS12381G1_XMD:SHA-256_SSWU_RO_): two field elements from the message, each mapped
/// to the isogenous curve E′ by the simplified SWU map and from there to the curve; their sum, moved into the subgroup.
/// Messages are public, so this is variable time.
/// </summary>
internal static class HashToG1
{
    // L of the suite: bytes reduced to one field element.
    private const int ElementSize = 64;

    // E′: y² = x³ + A·x + B, and Z = 11 (§8.8.1).
    private static readonly Fp A = Fp.Constant(
        "00144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d");

    private static readonly Fp B = Fp.Constant(
        "12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0");

    private static readonly Fp Z = Fp.FromInteger(11);

    // √(−Z), for u that lead to a number without a root.
    private static readonly Fp RootOfMinusZ = SquareRoot(-Z);

    public static Point<Fp> RandomOracle(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> uniform = stackalloc byte[2 * ElementSize];
        ExpandMessage.Xmd(message, tag, uniform);
        Point<Fp> q0 = MapToCurve(Fp.Reduce(uniform[..ElementSize]));
        Point<Fp> q1 = MapToCurve(Fp.Reduce(uniform[ElementSize..]));
        return G1.ClearCofactor(q0 + q1);
    }

    /// <summary>A point of the curve, in its subgroup or not (§6.6.3 with Appendix F.2).</summary>
    public static Point<Fp> MapToCurve(in Fp u)
    {
        // x1 = −B/A · (1 + 1/(Z²u⁴ + Zu²)) as a fraction; −B/(ZA)·… where that denominator is zero.
        Fp zuu = Z * u.Square();
        Fp denominator = zuu.Square() + zuu;
        Fp numerator = B * (denominator + Fp.One);
        denominator = A * (denominator.IsZero ? Z : -denominator);

        // g(x1) = (N³ + A·N·D² + B·D³) / D³, also as a fraction.
        Fp dd = denominator.Square();
        Fp ddd = dd * denominator;
        Fp value = (((numerator.Square() + (A * dd)) * numerator) + (B * ddd));

        if (!TryRootOfFraction(value, ddd, out Fp y))
        {
            // Then x2 = Zu²·x1 has one, and g(x2) = (Zu²)³·g(x1).
            numerator = zuu * numerator;
            y = zuu * u * y;
        }

        if (u.IsOdd() != y.IsOdd())
            y = -y;
        return Isogeny.Map(numerator, denominator, y);
    }

    // √(value/divisor), or else √(Z·value/divisor), by one exponentiation (Appendix F.2.1.2).
    private static bool TryRootOfFraction(in Fp value, in Fp divisor, out Fp root)
    {
        Fp product = value * divisor;
        root = product * (product * divisor.Square()).InverseRootCandidate();
        if (root.Square() * divisor == value) return true;

        root *= RootOfMinusZ;
        return false;
    }

    private static Fp SquareRoot(in Fp value) =>
        value.TrySquareRoot(out Fp root) ? root : throw new ArgumentOutOfRangeException(nameof(value));
}
