using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>The kinds of fields that predicates, map rows and the trust root share.</summary>
internal static class StatementFields
{
    extension(ref CanonicalJsonReader reader)
    {
        /// <summary>A field that may be left out; false when it is there with something else than a text.</summary>
        public bool TryOptionalString(string name, int maxLength, out string? value)
        {
            value = null;
            return !reader.TryName(name) || reader.TryString(out value, maxLength);
        }

        public bool TryVersion([NotNullWhen(true)] out ReleaseVersion? version)
        {
            version = null;
            return reader.TryString(out string? text, Limits.MaxVersionLength) && ReleaseVersion.TryParse(text, out version);
        }

        /// <summary>Unix seconds.</summary>
        public bool TryTime(out long time)
        {
            bool read = reader.TryNumber(out ulong seconds);
            time = (long)seconds;
            return read;
        }

        /// <summary>A text that is the name of one of the values.</summary>
        public bool TryEnum<T>(Func<T, string> nameOf, out T value)
            where T : struct, Enum
        {
            value = default;
            if (!reader.TryString(out string? name, Limits.MaxNameLength)) return false;

            foreach (var candidate in Enum.GetValues<T>())
            {
                if (!string.Equals(nameOf(candidate), name, StringComparison.Ordinal)) continue;
                value = candidate;
                return true;
            }

            return false;
        }
    }

    public static CanonicalJsonWriter Time(this CanonicalJsonWriter writer, string name, long time) =>
        writer.Field(name, (ulong)time);

    public static CanonicalJsonWriter Version(this CanonicalJsonWriter writer, string name, ReleaseVersion version) =>
        writer.Field(name, version.ToString());
}
