using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Signing;

/// <summary>The words for a release's choices, as statements spell them and as options take them.</summary>
internal static class Words
{
    public static IReadOnlyDictionary<string, PayloadKind> Kinds { get; } = new Dictionary<string, PayloadKind>(StringComparer.Ordinal)
    {
        ["tree"] = PayloadKind.Tree,
        ["livepatch"] = PayloadKind.Livepatch,
        ["deb"] = PayloadKind.Deb,
        ["hook"] = PayloadKind.Hook,
    };

    public static IReadOnlyDictionary<string, PayloadFormat> Formats { get; } = new Dictionary<string, PayloadFormat>(StringComparer.Ordinal)
    {
        ["file"] = PayloadFormat.File,
        ["tar"] = PayloadFormat.Tar,
        ["tar+zstd"] = PayloadFormat.TarZstd,
    };

    public static IReadOnlyDictionary<string, Severity> Severities { get; } = new Dictionary<string, Severity>(StringComparer.Ordinal)
    {
        ["low"] = Severity.Low,
        ["medium"] = Severity.Medium,
        ["high"] = Severity.High,
        ["critical"] = Severity.Critical,
    };

    public static string Of(PayloadKind kind) => Kinds.Single(word => word.Value == kind).Key;

    public static string Of(PayloadFormat format) => Formats.Single(word => word.Value == format).Key;

    public static string Of(Severity severity) => Severities.Single(word => word.Value == severity).Key;

    public static string Of(Target target)
    {
        string?[] parts =
        [
            target.Architecture,
            target.KernelRelease is { } kernel ? $"kernel {kernel}" : null,
            target.BuildId is { } build ? $"build {build}" : null,
        ];
        string joined = string.Join(", ", parts.Where(part => part is not null));
        return joined.Length == 0 ? "every machine" : joined;
    }
}
