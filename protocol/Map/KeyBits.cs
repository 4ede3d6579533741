using System.Numerics;

namespace SupplyChain.Protocol.Map;

/// <summary>A key hash seen as 256 bits, the first one the highest bit of the first byte.</summary>
internal static class KeyBits
{
    public const int Count = Digest.Size * 8;

    public static bool Bit(in Digest key, int index) => (key.AsSpan()[index / 8] & (0x80 >> (index % 8))) != 0;

    /// <summary>How many leading bits the two share, 256 when they are equal.</summary>
    public static int Shared(in Digest left, in Digest right)
    {
        var a = left.AsSpan();
        var b = right.AsSpan();
        int same = a.CommonPrefixLength(b);
        return same == Digest.Size
            ? Count
            : same * 8 + BitOperations.LeadingZeroCount((uint)(a[same] ^ b[same])) - 24;
    }

    /// <summary>The first <paramref name="bits"/> bits of the key, zeros behind them.</summary>
    public static Digest Prefix(in Digest key, int bits)
    {
        Span<byte> prefix = stackalloc byte[Digest.Size];
        int whole = bits / 8;
        key.AsSpan()[..whole].CopyTo(prefix);
        if (bits % 8 != 0) prefix[whole] = (byte)(key.AsSpan()[whole] & (0xff00 >> (bits % 8)));
        return new Digest(prefix);
    }
}
