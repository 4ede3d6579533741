using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>
/// A verified release whose payload lies in <paramref name="File"/> once it is downloaded;
/// <paramref name="ArtifactName"/> is the plain file name it has in the release.
/// </summary>
internal sealed record Payload(
    InstalledRelease Release, PayloadKind Kind, PayloadFormat Format, string ArtifactName, string File)
{
    /// <summary>The machines it is for.</summary>
    public Target Target { get; init; } = Target.Any;

    public static Payload Of(Release release, Digest releaseId, string channel, string downloadedFile)
    {
        var artifact = release.Artifacts[0];
        return new(
            new(release.Product, channel, release.Version, releaseId, artifact.Sha256),
            release.Kind,
            release.Format,
            artifact.Name,
            downloadedFile)
        {
            Target = release.Target,
        };
    }
}
