namespace SupplyChain.ThresholdSig.Field;

/// <summary>
/// Fp[u] / (u² + 1): c0 + c1·u. Also knows the curve G2 lies on, y² = x³ + 4(1 + u). ξ = 1 + u is the non-residue the
/// rest of the tower is built with.
/// </summary>
internal readonly struct Fp2(in Fp c0, in Fp c1) : ICurveField<Fp2>, IEquatable<Fp2>
{
    public readonly Fp C0 = c0;
    public readonly Fp C1 = c1;

    public static Fp2 Zero => default;

    public static Fp2 One => new(Fp.One, Fp.Zero);

    public static int EncodedSize => 2 * Fp.Size;

    public static Fp2 CurveB => new(Fp.CurveB, Fp.CurveB);

    public bool IsZero => C0.IsZero && C1.IsZero;

    public static Fp2 operator +(in Fp2 a, in Fp2 b) => new(a.C0 + b.C0, a.C1 + b.C1);

    public static Fp2 operator -(in Fp2 a, in Fp2 b) => new(a.C0 - b.C0, a.C1 - b.C1);

    public static Fp2 operator -(in Fp2 a) => new(-a.C0, -a.C1);

    // Four products and two reductions: in this form cheaper than Karatsuba's three products with their additions.
    public static Fp2 operator *(in Fp2 a, in Fp2 b) => new(
        Fp.SumOfProducts(a.C0, b.C0, -a.C1, b.C1),
        Fp.SumOfProducts(a.C0, b.C1, a.C1, b.C0));

    public static Fp2 operator *(in Fp2 a, in Fp b) => new(a.C0 * b, a.C1 * b);

    public static bool operator ==(in Fp2 a, in Fp2 b) => a.C0 == b.C0 && a.C1 == b.C1;

    public static bool operator !=(in Fp2 a, in Fp2 b) => !(a == b);

    public static Fp2 Select(ulong mask, in Fp2 whenSet, in Fp2 whenClear) =>
        new(Fp.Select(mask, whenSet.C0, whenClear.C0), Fp.Select(mask, whenSet.C1, whenClear.C1));

    public static Fp2 MultiplyBy3B(in Fp2 a) => new Fp2(Fp.MultiplyBy3B(a.C0), Fp.MultiplyBy3B(a.C1)).MultiplyByXi();

    /// <summary>Reads 96 bytes: c1, then c0, as point encodings have it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fp2 value)
    {
        value = default;
        if (bytes.Length != EncodedSize) return false;
        if (!Fp.TryRead(bytes[..Fp.Size], out Fp high) || !Fp.TryRead(bytes[Fp.Size..], out Fp low)) return false;

        value = new Fp2(low, high);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        C1.Write(destination);
        C0.Write(destination[Fp.Size..]);
    }

    public Fp2 Square() => new(Fp.AddUnreduced(C0, C1) * (C0 - C1), Fp.AddUnreduced(C0, C0) * C1);

    public Fp2 Double() => new(C0.Double(), C1.Double());

    /// <summary>(1 + u)·this.</summary>
    public Fp2 MultiplyByXi() => new(C0 - C1, C0 + C1);

    /// <summary>The p-th power.</summary>
    public Fp2 Conjugate() => new(C0, -C1);

    public Fp2 Invert()
    {
        Fp inverseNorm = (C0.Square() + C1.Square()).Invert();
        return new Fp2(C0 * inverseNorm, -(C1 * inverseNorm));
    }

    /// <summary>
    /// A square root, if there is one: (c0 + c1·u) from the roots of its norm and of half its trace. Variable time.
    /// </summary>
    public bool TrySquareRoot(out Fp2 root)
    {
        root = default;
        if (!(C0.Square() + C1.Square()).TrySquareRoot(out Fp norm)) return false;

        // x² = (c0 ± norm)/2 and y = c1/(2x); exactly one sign gives a square unless c1 is zero.
        Fp half = Fp.FromInteger(2).Invert();
        Fp square = (C0 + norm) * half;
        if (!square.TrySquareRoot(out Fp x))
        {
            square = (C0 - norm) * half;
            if (!square.TrySquareRoot(out x)) return false;
        }

        root = x.IsZero ? RootOfNegative(-C0) : new Fp2(x, C1 * half * x.Invert());
        return root.Square() == this;
    }

    /// <summary>The sign bit of encodings, as a mask: whether this is the larger of a and −a, comparing c1 first.</summary>
    public ulong LargerMask() => Limb.Select(C1.ZeroMask(), C0.LargerMask(), C1.LargerMask());

    public bool Equals(Fp2 other) => this == other;

    public override bool Equals(object? obj) => obj is Fp2 other && this == other;

    public override int GetHashCode() => HashCode.Combine(C0, C1);

    // (y·u)² = −y².
    private static Fp2 RootOfNegative(in Fp value) =>
        value.TrySquareRoot(out Fp y) ? new Fp2(Fp.Zero, y) : default;
}
