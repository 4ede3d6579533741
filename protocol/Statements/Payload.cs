using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>How a release is put on a machine.</summary>
public enum PayloadKind
{
    Tree,
    Livepatch,
    Deb,
    Hook,
}

/// <summary>What the bytes of the payload are.</summary>
public enum PayloadFormat
{
    File,
    Tar,
    TarZstd,
}

/// <summary>The machines a release is for; a part that is null fits every machine.</summary>
/// <param name="Architecture">As <c>uname -m</c> says.</param>
/// <param name="KernelRelease">As <c>uname -r</c> says.</param>
/// <param name="BuildId">The kernel's build id in lower-case hexadecimal.</param>
public sealed record Target(string? Architecture = null, string? KernelRelease = null, string? BuildId = null)
{
    public static Target Any { get; } = new();

    internal bool IsValid =>
        (Architecture is null || Names.IsSystemName(Architecture))
        && (KernelRelease is null || Names.IsSystemName(KernelRelease))
        && (BuildId is null || IsBuildId(BuildId));

    // The kernel would take a module for another kernel: a livepatch must say all there is to check.
    internal bool Fits(PayloadKind kind) =>
        kind != PayloadKind.Livepatch || (Architecture is not null && KernelRelease is not null && BuildId is not null);

    private static bool IsBuildId(string text) =>
        text.Length is > 0 and <= Limits.MaxBuildIdLength
        && text.Length % 2 == 0
        && StrictHex.TryDecode(text, stackalloc byte[text.Length / 2]);
}

/// <summary>The field <c>payload</c> of a release: <c>{"kind":…,"format":…,"target":{…}}</c> (docs/protocol.md §3).</summary>
internal static class Payload
{
    public static string NameOf(PayloadKind kind) => kind switch
    {
        PayloadKind.Tree => "tree",
        PayloadKind.Livepatch => "livepatch",
        PayloadKind.Deb => "deb",
        PayloadKind.Hook => "hook",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string NameOf(PayloadFormat format) => format switch
    {
        PayloadFormat.File => "file",
        PayloadFormat.Tar => "tar",
        PayloadFormat.TarZstd => "tar+zstd",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    public static bool IsValid(PayloadKind kind, PayloadFormat format, Target target) =>
        Enum.IsDefined(kind) && Enum.IsDefined(format)
        && (format == PayloadFormat.File || kind is PayloadKind.Tree or PayloadKind.Hook)
        && target.IsValid
        && target.Fits(kind);

    public static void Write(CanonicalJsonWriter writer, PayloadKind kind, PayloadFormat format, Target target)
    {
        writer.BeginObject().Field("kind", NameOf(kind)).Field("format", NameOf(format)).Name("target").BeginObject();
        if (target.Architecture is { } architecture) writer.Field("architecture", architecture);
        if (target.KernelRelease is { } kernelRelease) writer.Field("kernelRelease", kernelRelease);
        if (target.BuildId is { } buildId) writer.Field("buildId", buildId);
        writer.EndObject().EndObject();
    }

    public static bool TryRead(
        ref CanonicalJsonReader reader, out PayloadKind kind, out PayloadFormat format, [NotNullWhen(true)] out Target? target)
    {
        (kind, format, target) = (default, default, null);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("kind") || !reader.TryEnum(NameOf, out kind)) return false;
        if (!reader.TryName("format") || !reader.TryEnum(NameOf, out format)) return false;
        if (!reader.TryName("target") || !reader.TryBeginObject()) return false;
        if (!reader.TryOptionalString("architecture", Limits.MaxNameLength, out string? architecture)) return false;
        if (!reader.TryOptionalString("kernelRelease", Limits.MaxNameLength, out string? kernelRelease)) return false;
        if (!reader.TryOptionalString("buildId", Limits.MaxBuildIdLength, out string? buildId)) return false;
        if (!reader.TryEndObject() || !reader.TryEndObject()) return false;

        target = new Target(architecture, kernelRelease, buildId);
        return true;
    }
}
