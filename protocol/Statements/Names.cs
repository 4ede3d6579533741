using System.Buffers;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Statements;

/// <summary>Which texts are names (docs/protocol.md §1 and §3).</summary>
public static class Names
{
    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(LettersAndDigits);
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(LettersAndDigits + ".-");
    private static readonly SearchValues<char> FileNameCharacters =
        SearchValues.Create(LettersAndDigits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ._+~-");

    /// <summary>The network's name: 1 to 128 characters of <c>a-z 0-9 . - /</c>.</summary>
    public static bool IsOrigin(string text) => KeyName.IsOrigin(text);

    /// <summary>
    /// A product's, channel's, role's, node's or maintainer's name: 1 to 64 characters of <c>a-z 0-9 . -</c>, a letter or
    /// digit at both ends.
    /// </summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= Limits.MaxNameLength
        && !text.AsSpan().ContainsAnyExcept(NameCharacters)
        && NameEnds.Contains(text[0])
        && NameEnds.Contains(text[^1]);

    /// <summary>A plain file name: never a path, never hidden, never an option.</summary>
    public static bool IsArtifactName(string text) => IsFileName(text, Limits.MaxArtifactNameLength);

    /// <summary>What <c>uname -m</c> and <c>uname -r</c> say.</summary>
    internal static bool IsSystemName(string text) => IsFileName(text, Limits.MaxNameLength);

    private static bool IsFileName(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength
        && !text.AsSpan().ContainsAnyExcept(FileNameCharacters)
        && char.IsAsciiLetterOrDigit(text[0]);
}
