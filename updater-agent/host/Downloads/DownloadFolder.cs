using SupplyChain.Protocol;

namespace SupplyChain.UpdaterAgent.Downloads;

/// <summary>Where pieces wait until the artifact is whole: <c>&lt;state&gt;/downloads</c>, one artifact at a time.</summary>
internal sealed class DownloadFolder(string path)
{
    private const string TreeSuffix = ".tree";

    public string ArtifactPath(Digest sha256) => Path.Combine(path, sha256.ToHex());

    public string TreePath(Digest sha256) => ArtifactPath(sha256) + TreeSuffix;

    /// <summary>Makes the folder and removes what belongs to other artifacts: pieces of a version nobody wants now.</summary>
    public void MakeRoomFor(Digest sha256)
    {
        Directory.CreateDirectory(path);
        foreach (string file in Directory.EnumerateFiles(path))
        {
            if (file != ArtifactPath(sha256) && file != TreePath(sha256)) File.Delete(file);
        }
    }

    /// <summary>Removes an artifact that was installed.</summary>
    public void Remove(Digest sha256)
    {
        File.Delete(ArtifactPath(sha256));
        File.Delete(TreePath(sha256));
    }
}
