using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>
/// What lies beside a staged module, so that boot needs no statement (docs/protocol.md §9): canonical JSON
/// <c>{"module","buildId","architecture","kernelRelease","kernelBuildId"}</c>: the module's name and build id, and the
/// signed target.
/// </summary>
public sealed record StagedPatch(string Module, string BuildId, Target Target)
{
    /// <summary>Bytes; every field is bounded far below.</summary>
    public const int MaxSize = 2048;

    private const int MaxFieldLength = 256;

    public byte[] ToBytes() => new CanonicalJsonWriter().BeginObject()
        .Field("module", Module)
        .Field("buildId", BuildId)
        .Field("architecture", Target.Architecture!)
        .Field("kernelRelease", Target.KernelRelease!)
        .Field("kernelBuildId", Target.BuildId!)
        .EndObject().ToArray();

    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out StagedPatch? patch)
    {
        patch = null;
        var json = new CanonicalJsonReader(utf8);
        if (utf8.Length > MaxSize || !json.TryBeginObject()) return false;
        if (!json.TryName("module") || !json.TryString(out string? module, MaxFieldLength)) return false;
        if (!ModuleFile.IsModuleName(System.Text.Encoding.UTF8.GetBytes(module))) return false;
        if (!json.TryName("buildId") || !json.TryString(out string? buildId, MaxFieldLength)) return false;
        if (!json.TryName("architecture") || !json.TryString(out string? architecture, MaxFieldLength)) return false;
        if (!json.TryName("kernelRelease") || !json.TryString(out string? kernelRelease, MaxFieldLength)) return false;
        if (!json.TryName("kernelBuildId") || !json.TryString(out string? kernelBuildId, MaxFieldLength)) return false;
        if (!json.TryEndObject() || !json.AtEnd) return false;

        patch = new StagedPatch(module, buildId, new Target(architecture, kernelRelease, kernelBuildId));
        return true;
    }
}
