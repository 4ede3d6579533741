using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// Evidence against nodes of the trust root, one file each: the first that was judged to hold. So there are at most n, and
/// nobody fills the disk. Any thread may add.
/// </summary>
internal sealed class EvidenceStore
{
    private readonly Lock _gate = new();
    private readonly NodeFiles _files;
    private readonly TrustRoot _root;
    private readonly SortedDictionary<int, Conviction> _convictions = [];

    public EvidenceStore(NodeFiles files, TrustRoot root)
    {
        _files = files;
        _root = root;
        foreach (var node in root.Nodes)
        {
            var file = new FileInfo(files.EvidenceOf(node.Name));
            if (!file.Exists || file.Length > Limits.MaxEvidenceSize) continue;
            if (Evidence.TryRead(File.ReadAllBytes(file.FullName), out var evidence)
                && evidence.Judge(root).TryGet(out var conviction, out _))
            {
                _convictions[conviction.Node] = conviction;
            }
        }
    }

    /// <summary>In the root's order of nodes.</summary>
    public IReadOnlyList<Conviction> All
    {
        get
        {
            lock (_gate) return [.. _convictions.Values];
        }
    }

    public Conviction? Of(int node)
    {
        lock (_gate) return _convictions.GetValueOrDefault(node);
    }

    /// <summary>Judges it; what holds is on the disk when this returns, unless the node stands convicted already.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public Verdict<Conviction> Add(Evidence evidence)
    {
        if (!evidence.Judge(_root).TryGet(out var conviction, out var rejection)) return rejection;

        lock (_gate)
        {
            if (_convictions.TryGetValue(conviction.Node, out var known)) return known;

            DurableFile.CreateDirectory(_files.Evidence, DurableFile.PublicDirectory);
            DurableFile.Write(_files.EvidenceOf(evidence.Node), evidence.ToBytes(), DurableFile.Public);
            _convictions.Add(conviction.Node, conviction);
            return conviction;
        }
    }
}
