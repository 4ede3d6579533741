using System.Runtime.CompilerServices;
using static SupplyChain.ThresholdSig.Field.Limb;

namespace SupplyChain.ThresholdSig.Field;

/// <summary>
/// The base field of BLS12-381: integers modulo the 381-bit prime p, as six limbs in Montgomery form a·2³⁸⁴ mod p,
/// always fully reduced. Also knows the curve G1 lies on, y² = x³ + 4.
/// </summary>
internal readonly struct Fp : ICurveField<Fp>, IEquatable<Fp>
{
    /// <summary>Bytes of the canonical big-endian encoding.</summary>
    public const int Size = 48;

    private const ulong P0 = 0xb9feffffffffaaab, P1 = 0x1eabfffeb153ffff, P2 = 0x6730d2a0f6b0f624;
    private const ulong P3 = 0x64774b84f38512bf, P4 = 0x4b1ba7b6434bacd7, P5 = 0x1a0111ea397fe69a;

    // −1/p mod 2⁶⁴.
    private const ulong NegativeInverse = 0x89f3fffcfffcfffd;

    private readonly ulong _l0, _l1, _l2, _l3, _l4, _l5;

    private Fp(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5)
    {
        _l0 = l0;
        _l1 = l1;
        _l2 = l2;
        _l3 = l3;
        _l4 = l4;
        _l5 = l5;
    }

    public static Fp Zero => default;

    // 2³⁸⁴ mod p.
    public static Fp One => new(
        0x760900000002fffd, 0xebf4000bc40c0002, 0x5f48985753c758ba,
        0x77ce585370525745, 0x5c071a97a256ec6d, 0x15f65ec3fa80e493);

    public static int EncodedSize => Size;

    public static Fp CurveB => One.Double().Double();

    public bool IsZero => (_l0 | _l1 | _l2 | _l3 | _l4 | _l5) == 0;

    // 2⁷⁶⁸ mod p.
    private static Fp MontgomerySquare => new(
        0xf4df1f341c341746, 0x0a76e6a609d104f1, 0x8de5476c4c95b6d5,
        0x67eb88a9939d83c0, 0x9a793e85b519952d, 0x11988fe592cae3aa);

    public static Fp operator +(in Fp a, in Fp b)
    {
        Fp sum = AddUnreduced(a, b);
        return ReduceOnce(sum._l0, sum._l1, sum._l2, sum._l3, sum._l4, sum._l5);
    }

    public static Fp operator -(in Fp a, in Fp b)
    {
        ulong borrow = 0;
        ulong l0 = Subtract(a._l0, b._l0, ref borrow);
        ulong l1 = Subtract(a._l1, b._l1, ref borrow);
        ulong l2 = Subtract(a._l2, b._l2, ref borrow);
        ulong l3 = Subtract(a._l3, b._l3, ref borrow);
        ulong l4 = Subtract(a._l4, b._l4, ref borrow);
        ulong l5 = Subtract(a._l5, b._l5, ref borrow);

        ulong negative = Mask(borrow);
        ulong carry = 0;
        l0 = Add(l0, P0 & negative, ref carry);
        l1 = Add(l1, P1 & negative, ref carry);
        l2 = Add(l2, P2 & negative, ref carry);
        l3 = Add(l3, P3 & negative, ref carry);
        l4 = Add(l4, P4 & negative, ref carry);
        l5 = Add(l5, P5 & negative, ref carry);
        return new Fp(l0, l1, l2, l3, l4, l5);
    }

    public static Fp operator -(in Fp a) => Zero - a;

    /// <summary>
    /// Montgomery's product a·b·2⁻³⁸⁴, one limb of b at a time. The top limb of p is below 2⁶²: the two carries of a
    /// round then fit one limb together, and no seventh limb is needed.
    /// </summary>
    public static Fp operator *(in Fp a, in Fp b)
    {
        ulong a0 = a._l0, a1 = a._l1, a2 = a._l2, a3 = a._l3, a4 = a._l4, a5 = a._l5;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0;
        ref ulong limb = ref Unsafe.AsRef(in b._l0);
        for (int i = 0; i < 6; i++)
        {
            ulong multiplier = Unsafe.Add(ref limb, i);
            ulong high = 0;

            ulong lowest = MultiplyAdd(a0, multiplier, t0, ref high);
            ulong m = unchecked(lowest * NegativeInverse);
            ulong fold = CarryOfZero(m, P0, lowest);
            t0 = MultiplyAdd(m, P1, MultiplyAdd(a1, multiplier, t1, ref high), ref fold);
            t1 = MultiplyAdd(m, P2, MultiplyAdd(a2, multiplier, t2, ref high), ref fold);
            t2 = MultiplyAdd(m, P3, MultiplyAdd(a3, multiplier, t3, ref high), ref fold);
            t3 = MultiplyAdd(m, P4, MultiplyAdd(a4, multiplier, t4, ref high), ref fold);
            t4 = MultiplyAdd(m, P5, MultiplyAdd(a5, multiplier, t5, ref high), ref fold);
            t5 = unchecked(high + fold);
        }

        return ReduceOnce(t0, t1, t2, t3, t4, t5);
    }

    /// <summary>
    /// a + b, below 2p and perhaps not reduced: only good as one factor of a product, which is reduced again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp AddUnreduced(in Fp a, in Fp b)
    {
        // p < 2³⁸¹, so the sum never leaves six limbs.
        ulong carry = 0;
        ulong l0 = Add(a._l0, b._l0, ref carry);
        ulong l1 = Add(a._l1, b._l1, ref carry);
        ulong l2 = Add(a._l2, b._l2, ref carry);
        ulong l3 = Add(a._l3, b._l3, ref carry);
        ulong l4 = Add(a._l4, b._l4, ref carry);
        ulong l5 = Add(a._l5, b._l5, ref carry);
        return new Fp(l0, l1, l2, l3, l4, l5);
    }

    /// <summary>
    /// a·b + c·d by one Montgomery reduction: the rows of both products are added up before each round's fold. The sum
    /// stays below 3p throughout, and the result below 2p.
    /// </summary>
    public static Fp SumOfProducts(in Fp a, in Fp b, in Fp c, in Fp d)
    {
        ulong a0 = a._l0, a1 = a._l1, a2 = a._l2, a3 = a._l3, a4 = a._l4, a5 = a._l5;
        ulong c0 = c._l0, c1 = c._l1, c2 = c._l2, c3 = c._l3, c4 = c._l4, c5 = c._l5;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0;
        ref ulong limbOfB = ref Unsafe.AsRef(in b._l0);
        ref ulong limbOfD = ref Unsafe.AsRef(in d._l0);
        for (int i = 0; i < 6; i++)
        {
            ulong multiplier = Unsafe.Add(ref limbOfB, i);
            ulong first = 0;
            t0 = MultiplyAdd(a0, multiplier, t0, ref first);
            t1 = MultiplyAdd(a1, multiplier, t1, ref first);
            t2 = MultiplyAdd(a2, multiplier, t2, ref first);
            t3 = MultiplyAdd(a3, multiplier, t3, ref first);
            t4 = MultiplyAdd(a4, multiplier, t4, ref first);
            t5 = MultiplyAdd(a5, multiplier, t5, ref first);

            multiplier = Unsafe.Add(ref limbOfD, i);
            ulong high = 0;
            ulong lowest = MultiplyAdd(c0, multiplier, t0, ref high);
            ulong m = unchecked(lowest * NegativeInverse);
            ulong fold = CarryOfZero(m, P0, lowest);
            t0 = MultiplyAdd(m, P1, MultiplyAdd(c1, multiplier, t1, ref high), ref fold);
            t1 = MultiplyAdd(m, P2, MultiplyAdd(c2, multiplier, t2, ref high), ref fold);
            t2 = MultiplyAdd(m, P3, MultiplyAdd(c3, multiplier, t3, ref high), ref fold);
            t3 = MultiplyAdd(m, P4, MultiplyAdd(c4, multiplier, t4, ref high), ref fold);
            t4 = MultiplyAdd(m, P5, MultiplyAdd(c5, multiplier, t5, ref high), ref fold);
            t5 = unchecked(first + high + fold);
        }

        return ReduceOnce(t0, t1, t2, t3, t4, t5);
    }

    public static bool operator ==(in Fp a, in Fp b) => (a - b).IsZero;

    public static bool operator !=(in Fp a, in Fp b) => !(a == b);

    public static Fp Select(ulong mask, in Fp whenSet, in Fp whenClear) => new(
        Limb.Select(mask, whenSet._l0, whenClear._l0), Limb.Select(mask, whenSet._l1, whenClear._l1),
        Limb.Select(mask, whenSet._l2, whenClear._l2), Limb.Select(mask, whenSet._l3, whenClear._l3),
        Limb.Select(mask, whenSet._l4, whenClear._l4), Limb.Select(mask, whenSet._l5, whenClear._l5));

    public static Fp MultiplyBy3B(in Fp a)
    {
        Fp four = a.Double().Double();
        return four.Double() + four;
    }

    /// <summary>A constant of the specification, in hexadecimal of at most 96 digits, below p.</summary>
    public static Fp Constant(string hex) =>
        TryRead(Convert.FromHexString(hex.PadLeft(2 * Size, '0')), out Fp value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(hex));

    public static Fp FromInteger(ulong value) => new Fp(value, 0, 0, 0, 0, 0) * MontgomerySquare;

    /// <summary>Reads 48 bytes, big endian; refuses another length and numbers of p or more. Variable time.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fp value)
    {
        value = default;
        if (bytes.Length != Size) return false;

        Span<ulong> limbs = stackalloc ulong[6];
        Read(bytes, limbs);
        var raw = new Fp(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4], limbs[5]);
        if (raw.BelowMask(P0, P1, P2, P3, P4, P5) == 0) return false;

        value = raw * MontgomerySquare;
        return true;
    }

    /// <summary>Reduces a big-endian number of any whole number of limbs modulo p.</summary>
    public static Fp Reduce(ReadOnlySpan<byte> bytes)
    {
        Fp twoTo64 = new Fp(0, 1, 0, 0, 0, 0) * MontgomerySquare;
        Fp result = Zero;
        Span<ulong> limb = stackalloc ulong[1];
        for (; !bytes.IsEmpty; bytes = bytes[8..])
        {
            Read(bytes[..8], limb);
            result = (result * twoTo64) + FromInteger(limb[0]);
        }

        return result;
    }

    /// <summary>Writes the canonical encoding, 48 bytes, big endian.</summary>
    public void Write(Span<byte> destination)
    {
        Fp raw = Canonical();
        Limb.Write([raw._l0, raw._l1, raw._l2, raw._l3, raw._l4, raw._l5], destination[..Size]);
    }

    public Fp Square() => this * this;

    public Fp Double() => this + this;

    // Fermat: a^(p−2), the same steps for every a.
    public Fp Invert() => Power.Of(this, [P0 - 2, P1, P2, P3, P4, P5]);

    /// <summary>a^((p−3)/4): times a it is a square root where there is one, because p ≡ 3 (mod 4).</summary>
    public Fp InverseRootCandidate() => Power.Of(this,
    [
        0xee7fbfffffffeaaa, 0x07aaffffac54ffff, 0xd9cc34a83dac3d89,
        0xd91dd2e13ce144af, 0x92c6e9ed90d2eb35, 0x0680447a8e5ff9a6,
    ]);

    /// <summary>A square root, if there is one. Variable time.</summary>
    public bool TrySquareRoot(out Fp root)
    {
        root = this * InverseRootCandidate();
        return root.Square() == this;
    }

    /// <summary>
    /// All ones if this is the larger of a and −a as integers, i.e. above (p−1)/2: the sign bit of encodings.
    /// </summary>
    public ulong LargerMask() => ~Canonical().BelowMask(
        0xdcff7fffffffd556, 0x0f55ffff58a9ffff, 0xb39869507b587b12,
        0xb23ba5c279c2895f, 0x258dd3db21a5d66b, 0x0d0088f51cbff34d);

    /// <summary>All ones for zero.</summary>
    public ulong ZeroMask() => Limb.ZeroMask(_l0 | _l1 | _l2 | _l3 | _l4 | _l5);

    /// <summary>The sign of RFC 9380 §4.1: the lowest bit of the integer.</summary>
    public bool IsOdd() => (Canonical()._l0 & 1) == 1;

    public bool Equals(Fp other) => this == other;

    public override bool Equals(object? obj) => obj is Fp other && this == other;

    public override int GetHashCode() => HashCode.Combine(_l0, _l1, _l2, _l3, _l4, _l5);

    // Multiplying by a plain 1 divides by 2³⁸⁴ and so leaves Montgomery form.
    private Fp Canonical() => this * new Fp(1, 0, 0, 0, 0, 0);

    private ulong BelowMask(ulong b0, ulong b1, ulong b2, ulong b3, ulong b4, ulong b5)
    {
        ulong borrow = 0;
        _ = Subtract(_l0, b0, ref borrow);
        _ = Subtract(_l1, b1, ref borrow);
        _ = Subtract(_l2, b2, ref borrow);
        _ = Subtract(_l3, b3, ref borrow);
        _ = Subtract(_l4, b4, ref borrow);
        _ = Subtract(_l5, b5, ref borrow);
        return Mask(borrow);
    }

    // Takes a number below 2p.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Fp ReduceOnce(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5)
    {
        ulong borrow = 0;
        ulong r0 = Subtract(l0, P0, ref borrow);
        ulong r1 = Subtract(l1, P1, ref borrow);
        ulong r2 = Subtract(l2, P2, ref borrow);
        ulong r3 = Subtract(l3, P3, ref borrow);
        ulong r4 = Subtract(l4, P4, ref borrow);
        ulong r5 = Subtract(l5, P5, ref borrow);

        ulong keep = Mask(borrow);
        return new Fp(
            Limb.Select(keep, l0, r0), Limb.Select(keep, l1, r1), Limb.Select(keep, l2, r2),
            Limb.Select(keep, l3, r3), Limb.Select(keep, l4, r4), Limb.Select(keep, l5, r5));
    }
}
