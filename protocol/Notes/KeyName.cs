using System.Buffers;
using System.Text;

namespace SupplyChain.Protocol.Notes;

/// <summary>Names of keys in notes (C2SP signed-note) and of logs (docs/protocol.md §1).</summary>
public static class KeyName
{
    private static readonly SearchValues<char> OriginCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-/");

    /// <summary>
    /// Not empty, no Unicode space, no plus, no control character, at most <see cref="Limits.MaxKeyNameLength"/> UTF-8
    /// bytes.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) return false;

        int length = 0;
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(name, out var rune, out int consumed) != OperationStatus.Done) return false;
            if (Rune.IsWhiteSpace(rune) || rune.Value is '+' or < 0x20) return false;

            length += rune.Utf8SequenceLength;
            if (length > Limits.MaxKeyNameLength) return false;
            name = name[consumed..];
        }

        return true;
    }

    /// <summary>
    /// A schema-less URL of 1 to <see cref="Limits.MaxOriginLength"/> characters of <c>a-z 0-9 . - /</c>.
    /// </summary>
    public static bool IsOrigin(ReadOnlySpan<char> origin) =>
        origin.Length is > 0 and <= Limits.MaxOriginLength && !origin.ContainsAnyExcept(OriginCharacters);
}
