using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NuGet.Versioning;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// A version in NuGet.Versioning's order and normal form, lower case, without metadata (docs/protocol.md §3). Two
/// versions that compare as equal are spelled the same.
/// </summary>
public sealed class ReleaseVersion : IComparable<ReleaseVersion>, IEquatable<ReleaseVersion>
{
    private readonly NuGetVersion _version;
    private readonly string _text;

    private ReleaseVersion(NuGetVersion version, string text)
    {
        _version = version;
        _text = text;
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out ReleaseVersion? version)
    {
        version = null;
        if (text.Length is 0 or > Limits.MaxVersionLength || !System.Text.Ascii.IsValid(text)) return false;
        if (!NuGetVersion.TryParse(text, out var parsed) || parsed.HasMetadata) return false;
        if (!parsed.ReleaseLabels.All(IsCanonicalLabel)) return false;
        if (!string.Equals(parsed.ToNormalizedString(), text, StringComparison.Ordinal) || text.Any(char.IsAsciiLetterUpper))
            return false;

        version = new ReleaseVersion(parsed, text);
        return true;
    }

    public int CompareTo(ReleaseVersion? other) => other is null ? 1 : _version.CompareTo(other._version);

    public bool Equals(ReleaseVersion? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as ReleaseVersion);

    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    public override string ToString() => _text;

    public static bool operator ==(ReleaseVersion? left, ReleaseVersion? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(ReleaseVersion? left, ReleaseVersion? right) => !(left == right);

    public static bool operator <(ReleaseVersion? left, ReleaseVersion? right) => Compare(left, right) < 0;

    public static bool operator >(ReleaseVersion? left, ReleaseVersion? right) => Compare(left, right) > 0;

    public static bool operator <=(ReleaseVersion? left, ReleaseVersion? right) => Compare(left, right) <= 0;

    public static bool operator >=(ReleaseVersion? left, ReleaseVersion? right) => Compare(left, right) >= 0;

    private static int Compare(ReleaseVersion? left, ReleaseVersion? right) =>
        left is null ? (right is null ? 0 : -1) : left.CompareTo(right);

    // NuGet reads every label that parses as a number as one, so "1" and "01", "-5" and "-05" compare as equal; and a number
    // beyond 32 bits as text. Only the plain spelling of a number that is not negative has a place in one order.
    private static bool IsCanonicalLabel(string label) => int.TryParse(label, CultureInfo.InvariantCulture, out int number)
        ? number >= 0 && label == number.ToString(CultureInfo.InvariantCulture)
        : !label.All(char.IsAsciiDigit);
}
