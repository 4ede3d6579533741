using System.Text;

namespace SupplyChain.Protocol.Encoding;

/// <summary>Text and its UTF-8 bytes, one to one.</summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The text has an unpaired surrogate, which has no UTF-8 form.</exception>
    public static byte[] ToUtf8(string text) => Utf8.GetBytes(text);

    /// <summary>The bytes are known to be valid UTF-8.</summary>
    public static string FromUtf8(ReadOnlySpan<byte> utf8) => Utf8.GetString(utf8);
}
