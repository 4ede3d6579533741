using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SupplyChain.ThresholdSig.Field;

/// <summary>
/// Arithmetic on 64-bit limbs. Nothing here branches on a value: carries come from comparisons turned into numbers,
/// choices from masks that are all ones or all zeros.
/// </summary>
internal static class Limb
{
    /// <summary>
    /// Low limb of <c>a·b + addend + carry</c>, which never exceeds 128 bits; the high limb is the new carry.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong addend, ref ulong carry)
    {
        unchecked
        {
            ulong high = MultiplyHigh(a, b);
            ulong low = (a * b) + addend;
            high += FromBool(low < addend);
            low += carry;
            carry = high + FromBool(low < carry);
            return low;
        }
    }

    /// <summary>High limb of <c>a·b + addend</c>, if the caller knows that the low limb is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CarryOfZero(ulong a, ulong b, ulong addend)
    {
        unchecked
        {
            return MultiplyHigh(a, b) + FromBool(addend != 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong a, ulong b, ref ulong carry)
    {
        unchecked
        {
            ulong sum = a + b;
            ulong total = sum + carry;
            carry = FromBool(sum < a) | FromBool(total < sum);
            return total;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong a, ulong b, ref ulong borrow)
    {
        unchecked
        {
            ulong difference = a - b;
            ulong total = difference - borrow;
            borrow = FromBool(a < b) | FromBool(difference < borrow);
            return total;
        }
    }

    /// <summary>All ones for 1, all zeros for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mask(ulong bit)
    {
        unchecked
        {
            return 0UL - bit;
        }
    }

    /// <summary>All ones if <paramref name="value"/> is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ZeroMask(ulong value)
    {
        unchecked
        {
            return ((value | (0UL - value)) >> 63) - 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Select(ulong mask, ulong whenSet, ulong whenClear) =>
        whenClear ^ (mask & (whenSet ^ whenClear));

    /// <summary>Reads a big-endian number into limbs, least significant first.</summary>
    public static void Read(ReadOnlySpan<byte> bigEndian, Span<ulong> limbs)
    {
        for (int i = 0; i < limbs.Length; i++)
            limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[(8 * (limbs.Length - 1 - i))..]);
    }

    /// <summary>Writes limbs, least significant first, as a big-endian number.</summary>
    public static void Write(ReadOnlySpan<ulong> limbs, Span<byte> bigEndian)
    {
        for (int i = 0; i < limbs.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bigEndian[(8 * (limbs.Length - 1 - i))..], limbs[i]);
    }

    // The high half alone, and a·b for the low half: both stay in registers, which Math.BigMul's out parameter does
    // not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyHigh(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    // Reinterpreting, not choosing: the comparison's flag becomes the number without a jump.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FromBool(bool flag) => Unsafe.BitCast<bool, byte>(flag);
}
