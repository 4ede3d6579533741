namespace SupplyChain.ThresholdSig.Field;

/// <summary>Fp6[w] / (w² − v): c0 + c1·w, where pairings take their values.</summary>
internal readonly struct Fp12(in Fp6 c0, in Fp6 c1) : IField<Fp12>, IEquatable<Fp12>
{
    /// <summary>
    /// ξ^(i(p−1)/6), i = 0…5: what the p-th power multiplies the coefficient of wⁱ with, computed rather than tabled.
    /// </summary>
    public static readonly Fp2[] FrobeniusFactors = ComputeFrobeniusFactors();

    public readonly Fp6 C0 = c0;
    public readonly Fp6 C1 = c1;

    public static Fp12 Zero => default;

    public static Fp12 One => new(Fp6.One, Fp6.Zero);

    public bool IsZero => C0.IsZero && C1.IsZero;

    public static Fp12 operator +(in Fp12 a, in Fp12 b) => new(a.C0 + b.C0, a.C1 + b.C1);

    public static Fp12 operator -(in Fp12 a, in Fp12 b) => new(a.C0 - b.C0, a.C1 - b.C1);

    public static Fp12 operator -(in Fp12 a) => new(-a.C0, -a.C1);

    public static Fp12 operator *(in Fp12 a, in Fp12 b)
    {
        Fp6 low = a.C0 * b.C0;
        Fp6 high = a.C1 * b.C1;
        return new Fp12(low + high.MultiplyByV(), ((a.C0 + a.C1) * (b.C0 + b.C1)) - low - high);
    }

    public static bool operator ==(in Fp12 a, in Fp12 b) => a.C0 == b.C0 && a.C1 == b.C1;

    public static bool operator !=(in Fp12 a, in Fp12 b) => !(a == b);

    public static Fp12 Select(ulong mask, in Fp12 whenSet, in Fp12 whenClear) =>
        new(Fp6.Select(mask, whenSet.C0, whenClear.C0), Fp6.Select(mask, whenSet.C1, whenClear.C1));

    /// <summary>this·(l0 + l1·v + l4·v·w): the shape of every line in the Miller loop.</summary>
    public Fp12 MultiplyByLine(in Fp2 l0, in Fp2 l1, in Fp2 l4)
    {
        Fp6 low = C0.MultiplySparse(l0, l1);
        Fp6 high = C1.MultiplyByMiddle(l4);
        return new Fp12(low + high.MultiplyByV(), (C0 + C1).MultiplySparse(l0, l1 + l4) - low - high);
    }

    public Fp12 Square()
    {
        Fp6 cross = C0 * C1;
        Fp6 c0 = ((C0 + C1) * (C0 + C1.MultiplyByV())) - cross - cross.MultiplyByV();
        return new Fp12(c0, cross.Double());
    }

    public Fp12 Double() => this + this;

    /// <summary>The p⁶-th power; the inverse in the cyclotomic subgroup.</summary>
    public Fp12 Conjugate() => new(C0, -C1);

    public Fp12 Invert()
    {
        Fp6 inverseNorm = (C0.Square() - C1.Square().MultiplyByV()).Invert();
        return new Fp12(C0 * inverseNorm, -(C1 * inverseNorm));
    }

    /// <summary>The p-th power.</summary>
    public Fp12 Frobenius()
    {
        Fp2[] factor = FrobeniusFactors;
        return new Fp12(
            new Fp6(C0.C0.Conjugate(), C0.C1.Conjugate() * factor[2], C0.C2.Conjugate() * factor[4]),
            new Fp6(C1.C0.Conjugate() * factor[1], C1.C1.Conjugate() * factor[3], C1.C2.Conjugate() * factor[5]));
    }

    /// <summary>
    /// The square of an element whose order divides p⁴ − p² + 1, at half the price (Granger and Scott, "Faster squaring
    /// in the cyclotomic subgroup of sixth degree extensions").
    /// </summary>
    public Fp12 CyclotomicSquare()
    {
        (Fp2 a0, Fp2 a1) = SquareInFp4(C0.C0, C1.C1);
        (Fp2 b0, Fp2 b1) = SquareInFp4(C1.C0, C0.C2);
        (Fp2 c0, Fp2 c1) = SquareInFp4(C0.C1, C1.C2);
        return new Fp12(
            new Fp6(TripleMinusDouble(a0, C0.C0), TripleMinusDouble(b0, C0.C1), TripleMinusDouble(c0, C0.C2)),
            new Fp6(
                TriplePlusDouble(c1.MultiplyByXi(), C1.C0), TriplePlusDouble(a1, C1.C1), TriplePlusDouble(b1, C1.C2)));
    }

    public bool Equals(Fp12 other) => this == other;

    public override bool Equals(object? obj) => obj is Fp12 other && this == other;

    public override int GetHashCode() => HashCode.Combine(C0, C1);

    // (a + b·s)² with s² = ξ.
    private static (Fp2 Low, Fp2 High) SquareInFp4(in Fp2 a, in Fp2 b)
    {
        Fp2 aa = a.Square();
        Fp2 bb = b.Square();
        return (bb.MultiplyByXi() + aa, (a + b).Square() - aa - bb);
    }

    private static Fp2 TripleMinusDouble(in Fp2 a, in Fp2 b) => (a - b).Double() + a;

    private static Fp2 TriplePlusDouble(in Fp2 a, in Fp2 b) => (a + b).Double() + a;

    private static Fp2[] ComputeFrobeniusFactors()
    {
        ReadOnlySpan<ulong> exponent = // (p − 1)/6
        [
            0x49aa7ffffffff1c7, 0x051caaaa72e35555, 0xe688231ad3c82906,
            0xe613e1eb7deb831f, 0x0c849bf3b5e1f223, 0x045582fc5eeaa66f,
        ];
        Fp2 base6 = Power.Of(new Fp2(Fp.One, Fp.One), exponent);
        var factors = new Fp2[6];
        factors[0] = Fp2.One;
        for (int i = 1; i < factors.Length; i++)
            factors[i] = factors[i - 1] * base6;

        return factors;
    }
}
