using System.Buffers;
using System.Text;

namespace SupplyChain.Protocol.Encoding;

/// <summary>What canonical JSON strings may hold (docs/protocol.md §3).</summary>
public static class CanonicalJson
{
    /// <summary>No control character below U+0020, no U+007F, no unpaired surrogate.</summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out int consumed) != OperationStatus.Done) return false;
            if (IsControl(rune.Value)) return false;
            text = text[consumed..];
        }

        return true;
    }

    internal static bool IsControl(int codePoint) => codePoint is < 0x20 or 0x7f;
}
