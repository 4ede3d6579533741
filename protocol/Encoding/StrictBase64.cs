using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Protocol.Encoding;

/// <summary>Base64 of RFC 4648 §4: standard alphabet, always padded, padding bits zero, no white space.</summary>
public static class StrictBase64
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    /// <summary>The text is at most as long as its caller lets it be; the result takes three quarters of it.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (utf8.Length % 4 != 0) return false;

        // The library's decoder skips white space and ignores the bits under the padding. Both are caught here:
        // white space would leave the result too short, and the last group is spelled anew.
        int padding = utf8.EndsWith("=="u8) ? 2 : utf8.EndsWith("="u8) ? 1 : 0;
        byte[] decoded = new byte[utf8.Length / 4 * 3 - padding];
        var status = Base64.DecodeFromUtf8(utf8, decoded, out int consumed, out int written);
        if (status != OperationStatus.Done || consumed != utf8.Length || written != decoded.Length) return false;
        if (!SameLastGroup(utf8, decoded)) return false;

        bytes = decoded;
        return true;
    }

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (!System.Text.Ascii.IsValid(text)) return false;

        byte[] utf8 = new byte[text.Length];
        System.Text.Ascii.FromUtf16(text, utf8, out _);
        return TryDecode(utf8, out bytes);
    }

    private static bool SameLastGroup(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> decoded)
    {
        if (utf8.IsEmpty) return true;

        int start = (decoded.Length - 1) / 3 * 3;
        Span<byte> group = stackalloc byte[4];
        Base64.EncodeToUtf8(decoded[start..], group, out _, out _);
        return utf8[^4..].SequenceEqual(group);
    }
}
