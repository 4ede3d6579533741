namespace SupplyChain.ThresholdSig.Field;

/// <summary>Fp2[v] / (v³ − ξ): c0 + c1·v + c2·v².</summary>
internal readonly struct Fp6(in Fp2 c0, in Fp2 c1, in Fp2 c2) : IField<Fp6>, IEquatable<Fp6>
{
    public readonly Fp2 C0 = c0;
    public readonly Fp2 C1 = c1;
    public readonly Fp2 C2 = c2;

    public static Fp6 Zero => default;

    public static Fp6 One => new(Fp2.One, Fp2.Zero, Fp2.Zero);

    public bool IsZero => C0.IsZero && C1.IsZero && C2.IsZero;

    public static Fp6 operator +(in Fp6 a, in Fp6 b) => new(a.C0 + b.C0, a.C1 + b.C1, a.C2 + b.C2);

    public static Fp6 operator -(in Fp6 a, in Fp6 b) => new(a.C0 - b.C0, a.C1 - b.C1, a.C2 - b.C2);

    public static Fp6 operator -(in Fp6 a) => new(-a.C0, -a.C1, -a.C2);

    // Karatsuba: six multiplications instead of nine.
    public static Fp6 operator *(in Fp6 a, in Fp6 b)
    {
        Fp2 t0 = a.C0 * b.C0;
        Fp2 t1 = a.C1 * b.C1;
        Fp2 t2 = a.C2 * b.C2;
        return new Fp6(
            t0 + (((a.C1 + a.C2) * (b.C1 + b.C2)) - t1 - t2).MultiplyByXi(),
            ((a.C0 + a.C1) * (b.C0 + b.C1)) - t0 - t1 + t2.MultiplyByXi(),
            ((a.C0 + a.C2) * (b.C0 + b.C2)) - t0 - t2 + t1);
    }

    public static bool operator ==(in Fp6 a, in Fp6 b) => a.C0 == b.C0 && a.C1 == b.C1 && a.C2 == b.C2;

    public static bool operator !=(in Fp6 a, in Fp6 b) => !(a == b);

    public static Fp6 Select(ulong mask, in Fp6 whenSet, in Fp6 whenClear) => new(
        Fp2.Select(mask, whenSet.C0, whenClear.C0),
        Fp2.Select(mask, whenSet.C1, whenClear.C1),
        Fp2.Select(mask, whenSet.C2, whenClear.C2));

    /// <summary>this·(b0 + b1·v), five multiplications.</summary>
    public Fp6 MultiplySparse(in Fp2 b0, in Fp2 b1)
    {
        Fp2 t0 = C0 * b0;
        Fp2 t1 = C1 * b1;
        return new Fp6(
            t0 + (((C1 + C2) * b1) - t1).MultiplyByXi(),
            ((C0 + C1) * (b0 + b1)) - t0 - t1,
            ((C0 + C2) * b0) - t0 + t1);
    }

    /// <summary>this·b1·v.</summary>
    public Fp6 MultiplyByMiddle(in Fp2 b1) => new((C2 * b1).MultiplyByXi(), C0 * b1, C1 * b1);

    /// <summary>this·v.</summary>
    public Fp6 MultiplyByV() => new(C2.MultiplyByXi(), C0, C1);

    public Fp6 Square() => this * this;

    public Fp6 Double() => this + this;

    public Fp6 Invert()
    {
        Fp2 t0 = C0.Square() - (C1 * C2).MultiplyByXi();
        Fp2 t1 = C2.Square().MultiplyByXi() - (C0 * C1);
        Fp2 t2 = C1.Square() - (C0 * C2);
        Fp2 inverseNorm = ((C0 * t0) + ((C2 * t1) + (C1 * t2)).MultiplyByXi()).Invert();
        return new Fp6(t0 * inverseNorm, t1 * inverseNorm, t2 * inverseNorm);
    }

    public bool Equals(Fp6 other) => this == other;

    public override bool Equals(object? obj) => obj is Fp6 other && this == other;

    public override int GetHashCode() => HashCode.Combine(C0, C1, C2);
}
