using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Trust;
using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.State;

/// <summary>Proof that nodes signed two histories, one file a node (docs/protocol.md §8 and §13): what is there is judged again.</summary>
internal sealed class EvidenceFolder(string path, TrustRoot root, IDisk disk)
{
    /// <summary>Those convicted, in the root's order of nodes.</summary>
    public IReadOnlyList<Conviction> Convictions() =>
        [.. root.Nodes.Select(node => TryLoad(node.Name)).OfType<Conviction>().OrderBy(conviction => conviction.Node)];

    public string FileOf(string node) => Path.Combine(path, $"{node}.evidence");

    /// <summary>Keeps it on the disk. What is known of a node already stays.</summary>
    public void Keep(Evidence evidence)
    {
        if (TryLoad(evidence.Node) is not null) return;

        disk.EnsureDirectory(path);
        disk.ReplaceFile(FileOf(evidence.Node), evidence.ToBytes());
    }

    private Conviction? TryLoad(string node)
    {
        var file = new FileInfo(FileOf(node));
        if (!file.Exists || file.Length > Limits.MaxEvidenceSize) return null;

        return Evidence.TryRead(File.ReadAllBytes(file.FullName), out var evidence) && evidence.Node == node
            && evidence.Judge(root).TryGet(out var conviction, out _)
            ? conviction
            : null;
    }
}
