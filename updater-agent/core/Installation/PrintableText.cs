using System.Text;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>Foreign text (names in archives, output of commands) made fit for messages and journals.</summary>
public static class PrintableText
{
    /// <summary>
    /// <paramref name="text"/> with U+FFFD for everything that canonical JSON refuses, cut to
    /// <paramref name="maxLength"/> UTF-8 bytes at the end.
    /// </summary>
    public static string Of(string text, int maxLength)
    {
        var printable = new StringBuilder();
        int length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var shown = CanonicalJson.IsText(rune.ToString()) ? rune : Rune.ReplacementChar;
            length += shown.Utf8SequenceLength;
            if (length > maxLength) break;
            printable.Append(shown);
        }

        return printable.ToString();
    }
}
