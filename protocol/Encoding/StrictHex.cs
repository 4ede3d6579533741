namespace SupplyChain.Protocol.Encoding;

/// <summary>Lower-case hexadecimal, two digits a byte; nothing else is accepted.</summary>
public static class StrictHex
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>
    /// Fills <paramref name="destination"/>; false unless <paramref name="hex"/> has exactly twice its length.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> hex, Span<byte> destination)
    {
        if (hex.Length != destination.Length * 2L) return false;

        for (int i = 0; i < destination.Length; i++)
        {
            int high = Value(hex[2 * i]), low = Value(hex[2 * i + 1]);
            if ((high | low) < 0) return false;
            destination[i] = (byte)(high << 4 | low);
        }

        return true;
    }

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{char}, Span{byte})"/>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        if (utf8.Length != destination.Length * 2L) return false;

        for (int i = 0; i < destination.Length; i++)
        {
            int high = Value((char)utf8[2 * i]), low = Value((char)utf8[2 * i + 1]);
            if ((high | low) < 0) return false;
            destination[i] = (byte)(high << 4 | low);
        }

        return true;
    }

    private static int Value(char digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'a' and <= 'f' => digit - 'a' + 10,
        _ => -1,
    };
}
