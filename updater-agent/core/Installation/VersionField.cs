using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>The field <c>"version"</c> that every record of this folder has.</summary>
internal static class VersionField
{
    public static bool TryVersion(this ref CanonicalJsonReader json, [NotNullWhen(true)] out ReleaseVersion? version)
    {
        version = null;
        return json.TryName("version")
            && json.TryString(out string? text, Limits.MaxVersionLength)
            && ReleaseVersion.TryParse(text, out version);
    }
}
