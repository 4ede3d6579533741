using System.Globalization;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>
/// The part <c>&lt;N&gt;[.p/&lt;W&gt;]</c> that paths of tiles and entry bundles share (C2SP tlog-tiles): 1234067 is
/// <c>x001/x234/067</c>.
/// </summary>
internal static class TilePath
{
    private const int DigitsPerElement = 3;

    public static string Encode(ulong index, int width)
    {
        string path = (index % 1000).ToString("D3", CultureInfo.InvariantCulture);
        for (ulong rest = index / 1000; rest > 0; rest /= 1000)
        {
            path = $"x{(rest % 1000).ToString("D3", CultureInfo.InvariantCulture)}/{path}";
        }

        return width == Tile.FullWidth ? path : $"{path}.p/{StrictDecimal.Encode((ulong)width)}";
    }

    public static bool TryParse(ReadOnlySpan<char> path, out ulong index, out int width)
    {
        index = 0;
        width = Tile.FullWidth;

        int suffix = path.IndexOf(".p/", StringComparison.Ordinal);
        if (suffix >= 0)
        {
            if (!StrictDecimal.TryDecode(path[(suffix + 3)..], out ulong partial)) return false;
            if (partial is 0 or >= Tile.FullWidth) return false;

            width = (int)partial;
            path = path[..suffix];
        }

        return TryParseIndex(path, out index);
    }

    private static bool TryParseIndex(ReadOnlySpan<char> path, out ulong index)
    {
        index = 0;
        bool first = true;
        while (path.StartsWith("x"))
        {
            if (path.Length <= DigitsPerElement + 1 || path[DigitsPerElement + 1] != '/') return false;
            if (!TryElement(path.Slice(1, DigitsPerElement), ref index)) return false;

            // A leading x000 would spell the same index again.
            if (first && index == 0) return false;
            first = false;
            path = path[(DigitsPerElement + 2)..];
        }

        return TryElement(path, ref index);
    }

    private static bool TryElement(ReadOnlySpan<char> digits, ref ulong index)
    {
        if (digits.Length != DigitsPerElement || index > Limits.MaxTreeSize / 1000) return false;

        foreach (char digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            index = index * 10 + (uint)(digit - '0');
        }

        return index <= Limits.MaxTreeSize;
    }
}
