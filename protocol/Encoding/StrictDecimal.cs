using System.Globalization;

namespace SupplyChain.Protocol.Encoding;

/// <summary>Unsigned decimal integers without sign, space or leading zero: one spelling for every number.</summary>
public static class StrictDecimal
{
    /// <summary>Digits of the largest 64-bit integer.</summary>
    public const int MaxLength = 20;

    public static string Encode(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    public static bool TryDecode(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        if (text.Length is 0 or > MaxLength) return false;

        Span<byte> ascii = stackalloc byte[MaxLength];
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i])) return false;
            ascii[i] = (byte)text[i];
        }

        return TryDecode(ascii[..text.Length], out value);
    }

    public static bool TryDecode(ReadOnlySpan<byte> utf8, out ulong value)
    {
        value = 0;
        if (utf8.Length is 0 or > MaxLength) return false;
        if (utf8[0] == (byte)'0' && utf8.Length > 1) return false;

        UInt128 sum = 0;
        foreach (byte digit in utf8)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            sum = sum * 10 + (uint)(digit - '0');
        }

        if (sum > ulong.MaxValue) return false;
        value = (ulong)sum;
        return true;
    }
}
