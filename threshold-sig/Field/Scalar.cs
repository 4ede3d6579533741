using System.Runtime.CompilerServices;
using static SupplyChain.ThresholdSig.Field.Limb;

namespace SupplyChain.ThresholdSig.Field;

/// <summary>
/// The scalar field: integers modulo the 255-bit group order r, as four limbs in Montgomery form a·2²⁵⁶ mod r, always
/// fully reduced. Secret keys and shares are scalars, so it has no text form.
/// </summary>
internal readonly struct Scalar : IField<Scalar>, IEquatable<Scalar>
{
    /// <summary>Bytes of the canonical big-endian encoding.</summary>
    public const int Size = 32;

    /// <summary>Bits of r.</summary>
    public const int Bits = 255;

    private const ulong R0 = 0xffffffff00000001, R1 = 0x53bda402fffe5bfe;
    private const ulong R2 = 0x3339d80809a1d805, R3 = 0x73eda753299d7d48;

    // −1/r mod 2⁶⁴.
    private const ulong NegativeInverse = 0xfffffffeffffffff;

    private readonly ulong _l0, _l1, _l2, _l3;

    private Scalar(ulong l0, ulong l1, ulong l2, ulong l3)
    {
        _l0 = l0;
        _l1 = l1;
        _l2 = l2;
        _l3 = l3;
    }

    public static Scalar Zero => default;

    // 2²⁵⁶ mod r.
    public static Scalar One => new(0x00000001fffffffe, 0x5884b7fa00034802, 0x998c4fefecbc4ff5, 0x1824b159acc5056f);

    /// <summary>The group order itself, least significant limb first.</summary>
    public static ReadOnlySpan<ulong> Order => [R0, R1, R2, R3];

    public bool IsZero => (_l0 | _l1 | _l2 | _l3) == 0;

    // 2⁵¹² mod r.
    private static Scalar MontgomerySquare =>
        new(0xc999e990f3f29c6d, 0x2b6cedcb87925c23, 0x05d314967254398f, 0x0748d9d99f59ff11);

    public static Scalar operator +(in Scalar a, in Scalar b)
    {
        ulong carry = 0;
        ulong l0 = Add(a._l0, b._l0, ref carry);
        ulong l1 = Add(a._l1, b._l1, ref carry);
        ulong l2 = Add(a._l2, b._l2, ref carry);
        ulong l3 = Add(a._l3, b._l3, ref carry);
        return ReduceOnce(l0, l1, l2, l3);
    }

    public static Scalar operator -(in Scalar a, in Scalar b)
    {
        ulong borrow = 0;
        ulong l0 = Subtract(a._l0, b._l0, ref borrow);
        ulong l1 = Subtract(a._l1, b._l1, ref borrow);
        ulong l2 = Subtract(a._l2, b._l2, ref borrow);
        ulong l3 = Subtract(a._l3, b._l3, ref borrow);

        ulong negative = Mask(borrow);
        ulong carry = 0;
        l0 = Add(l0, R0 & negative, ref carry);
        l1 = Add(l1, R1 & negative, ref carry);
        l2 = Add(l2, R2 & negative, ref carry);
        l3 = Add(l3, R3 & negative, ref carry);
        return new Scalar(l0, l1, l2, l3);
    }

    public static Scalar operator -(in Scalar a) => Zero - a;

    /// <summary>Montgomery's product a·b·2⁻²⁵⁶; see <see cref="Fp"/>.</summary>
    public static Scalar operator *(in Scalar a, in Scalar b)
    {
        ulong a0 = a._l0, a1 = a._l1, a2 = a._l2, a3 = a._l3;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        ref ulong limb = ref Unsafe.AsRef(in b._l0);
        for (int i = 0; i < 4; i++)
        {
            ulong multiplier = Unsafe.Add(ref limb, i);
            ulong high = 0;

            ulong lowest = MultiplyAdd(a0, multiplier, t0, ref high);
            ulong m = unchecked(lowest * NegativeInverse);
            ulong fold = CarryOfZero(m, R0, lowest);
            t0 = MultiplyAdd(m, R1, MultiplyAdd(a1, multiplier, t1, ref high), ref fold);
            t1 = MultiplyAdd(m, R2, MultiplyAdd(a2, multiplier, t2, ref high), ref fold);
            t2 = MultiplyAdd(m, R3, MultiplyAdd(a3, multiplier, t3, ref high), ref fold);
            t3 = unchecked(high + fold);
        }

        return ReduceOnce(t0, t1, t2, t3);
    }

    public static bool operator ==(in Scalar a, in Scalar b) => (a - b).IsZero;

    public static bool operator !=(in Scalar a, in Scalar b) => !(a == b);

    public static Scalar Select(ulong mask, in Scalar whenSet, in Scalar whenClear) => new(
        Limb.Select(mask, whenSet._l0, whenClear._l0), Limb.Select(mask, whenSet._l1, whenClear._l1),
        Limb.Select(mask, whenSet._l2, whenClear._l2), Limb.Select(mask, whenSet._l3, whenClear._l3));

    public static Scalar FromInteger(ulong value) => new Scalar(value, 0, 0, 0) * MontgomerySquare;

    /// <summary>Reads 32 bytes, big endian; refuses another length and numbers of r or more.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Scalar value)
    {
        value = default;
        if (bytes.Length != Size) return false;

        Span<ulong> limbs = stackalloc ulong[4];
        Read(bytes, limbs);
        ulong borrow = 0;
        _ = Subtract(limbs[0], R0, ref borrow);
        _ = Subtract(limbs[1], R1, ref borrow);
        _ = Subtract(limbs[2], R2, ref borrow);
        _ = Subtract(limbs[3], R3, ref borrow);
        if (borrow == 1)
            value = new Scalar(limbs[0], limbs[1], limbs[2], limbs[3]) * MontgomerySquare;

        limbs.Clear();
        return borrow == 1;
    }

    /// <summary>
    /// Reduces a big-endian number of any whole number of limbs modulo r; 48 random bytes give a uniform scalar.
    /// </summary>
    public static Scalar Reduce(ReadOnlySpan<byte> bytes)
    {
        Scalar twoTo64 = new Scalar(0, 1, 0, 0) * MontgomerySquare;
        Scalar result = Zero;
        Span<ulong> limb = stackalloc ulong[1];
        for (; !bytes.IsEmpty; bytes = bytes[8..])
        {
            Read(bytes[..8], limb);
            result = (result * twoTo64) + FromInteger(limb[0]);
        }

        limb.Clear();
        return result;
    }

    /// <summary>Writes the integer, least significant limb first, into four limbs.</summary>
    public void CopyLimbs(Span<ulong> limbs)
    {
        // Multiplying by a plain 1 divides by 2²⁵⁶ and so leaves Montgomery form.
        Scalar raw = this * new Scalar(1, 0, 0, 0);
        limbs[0] = raw._l0;
        limbs[1] = raw._l1;
        limbs[2] = raw._l2;
        limbs[3] = raw._l3;
    }

    /// <summary>Writes the canonical encoding, 32 bytes, big endian.</summary>
    public void Write(Span<byte> destination)
    {
        Span<ulong> limbs = stackalloc ulong[4];
        CopyLimbs(limbs);
        Limb.Write(limbs, destination[..Size]);
        limbs.Clear();
    }

    public Scalar Square() => this * this;

    public Scalar Double() => this + this;

    // Fermat: a^(r−2), the same steps for every a.
    public Scalar Invert() => Power.Of(this, [R0 - 2, R1, R2, R3]);

    public bool Equals(Scalar other) => this == other;

    public override bool Equals(object? obj) => obj is Scalar other && this == other;

    public override int GetHashCode() => HashCode.Combine(_l0, _l1, _l2, _l3);

    // Takes a number below 2r, which is below 2²⁵⁶.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Scalar ReduceOnce(ulong l0, ulong l1, ulong l2, ulong l3)
    {
        ulong borrow = 0;
        ulong r0 = Subtract(l0, R0, ref borrow);
        ulong r1 = Subtract(l1, R1, ref borrow);
        ulong r2 = Subtract(l2, R2, ref borrow);
        ulong r3 = Subtract(l3, R3, ref borrow);

        ulong keep = Mask(borrow);
        return new Scalar(
            Limb.Select(keep, l0, r0), Limb.Select(keep, l1, r1), Limb.Select(keep, l2, r2), Limb.Select(keep, l3, r3));
    }
}
