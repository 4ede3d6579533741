using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>The text form of an age file: PEM with lines of 64 characters. Only read, so that a file pasted from a mail opens.</summary>
internal static class AgeArmor
{
    private const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----", End = "-----END AGE ENCRYPTED FILE-----";
    private const int LineLength = 64;

    public static bool IsArmored(ReadOnlySpan<byte> file) => file.StartsWith("-----BEGIN AGE"u8);

    /// <summary>Takes the one spelling: full lines but the last, line feeds, one after the end line.</summary>
    public static bool TryRead(ReadOnlySpan<byte> file, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (!Ascii.IsValid(file)) return false;

        string[] lines = Encoding.ASCII.GetString(file).Split('\n');
        if (lines.Length < 4 || lines[0] != Begin || lines[^2] != End || lines[^1].Length != 0) return false;

        string[] body = lines[1..^2];
        if (body[..^1].Any(line => line.Length != LineLength) || body[^1].Length is 0 or > LineLength) return false;

        return Protocol.Encoding.StrictBase64.TryDecode(string.Concat(body), out bytes);
    }
}
