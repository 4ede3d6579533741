using System.Text;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>Foreign text (names in archives, output of commands, what nodes say) made fit for messages and journals.</summary>
public static class PrintableText
{
    /// <summary>
    /// <paramref name="text"/> with U+FFFD for everything that canonical JSON refuses and for the control characters that
    /// it does not, which some terminals obey too; cut to <paramref name="maxLength"/> UTF-8 bytes at the end.
    /// </summary>
    public static string Of(string text, int maxLength)
    {
        var printable = new StringBuilder();
        int length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bool isPlain = CanonicalJson.IsText(rune.ToString()) && !Rune.IsControl(rune);
            var shown = isPlain ? rune : Rune.ReplacementChar;
            length += shown.Utf8SequenceLength;
            if (length > maxLength) break;
            printable.Append(shown);
        }

        return printable.ToString();
    }
}
