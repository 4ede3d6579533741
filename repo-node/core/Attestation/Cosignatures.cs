using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Attestation;

/// <summary>What became of a cosignature that arrived.</summary>
public enum CosignatureOutcome
{
    /// <summary>New and kept.</summary>
    Kept,

    /// <summary>Not newer than what is known, too far from the own log to be kept, or a fork that was told before.</summary>
    Ignored,

    /// <summary>Its signature is wrong, or there is no such node, or no such checkpoint in any log.</summary>
    Forged,

    /// <summary>
    /// A node signed another root than ours at a size of our log: one of the two histories is a fork.
    /// </summary>
    Forked,
}

/// <summary>
/// Everybody's cosignatures on the checkpoints of the own log, and the newest checkpoint that at least q nodes certify
/// (docs/protocol.md §4). Those on sizes the own log has not reached wait, a few per node.
/// </summary>
public sealed class Cosignatures(TrustRoot root)
{
    private const int AheadPerNode = 8;

    private readonly SortedDictionary<ulong, Digest> _roots = [];
    private readonly Dictionary<ulong, SortedDictionary<byte, CosignatureGossip>> _known = [];
    private readonly Dictionary<byte, SortedDictionary<ulong, CosignatureGossip>> _ahead = [];
    private readonly Dictionary<byte, CosignatureGossip> _newest = [];
    private readonly ForkReports _reports = new();

    /// <summary>Nodes whose cosignatures contradict each other.</summary>
    public Accusations Accusations { get; } = new(root);

    /// <summary>The newest certified checkpoint, or null.</summary>
    public Checkpoint? Certified { get; private set; }

    /// <summary>The cosignatures on <see cref="Certified"/>, in the root's order of nodes.</summary>
    public IReadOnlyList<NoteSignature> OnCertified =>
        Certified is null ? [] : [.. _known[Certified.Size.Value].Values.Select(signature => ToNote(root, signature))];

    /// <summary>The newest cosignatures, to tell a peer that connects.</summary>
    public IReadOnlyList<CosignatureGossip> Newest =>
    [
        .. _known.Values.SelectMany(signatures => signatures.Values)
            .GroupBy(signature => signature.Node)
            .Select(signatures => signatures.MaxBy(signature => signature.Size)!)
            .OrderBy(signature => signature.Node),
    ];

    /// <summary>The newest cosignature of a node that was ever seen, on whatever root; for its boot check.</summary>
    public CosignatureGossip? NewestOf(byte node) => _newest.GetValueOrDefault(node);

    /// <summary>Whether the node it names signed it.</summary>
    public static bool Verifies(TrustRoot root, CosignatureGossip cosignature)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(cosignature);
        if (cosignature.Node >= root.Nodes.Count) return false;

        var verifier = root.Nodes[cosignature.Node].AttestationVerifier;
        byte[] text = CheckpointOf(root, cosignature).ToText();
        return Cosignature.TryVerify(verifier, text, ToNote(root, cosignature), out _);
    }

    /// <summary>A checkpoint of the own final log; those that arrived early for it count from now on.</summary>
    /// <returns>Early ones that turn out to be on another root, unless they were told before.</returns>
    public IReadOnlyList<CosignatureGossip> Extend(ulong size, Digest logRoot)
    {
        _roots[size] = logRoot;
        var forked = new List<CosignatureGossip>();
        foreach (var waiting in _ahead.Values)
        {
            if (!waiting.Remove(size, out var early)) continue;
            if (early.Root == logRoot)
            {
                Keep(early);
                continue;
            }

            Accusations.Elsewhere(early);
            if (_reports.IsNews(early)) forked.Add(early);
        }

        return forked;
    }

    /// <summary>Takes a cosignature, own or from anybody.</summary>
    public CosignatureOutcome Add(CosignatureGossip cosignature)
    {
        ArgumentNullException.ThrowIfNull(cosignature);
        if (cosignature.Node >= root.Nodes.Count || cosignature.Size == 0) return CosignatureOutcome.Forged;
        bool isOld = IsOld(cosignature);
        if (isOld && !cosignature.IsNewerThan(NewestOf(cosignature.Node))) return CosignatureOutcome.Ignored;
        if (!Verifies(root, cosignature)) return CosignatureOutcome.Forged;

        NoteNewest(cosignature);
        if (isOld) return CosignatureOutcome.Ignored;

        if (_roots.TryGetValue(cosignature.Size, out var own))
        {
            if (own != cosignature.Root) return Forked(cosignature);
            Keep(cosignature);
            return CosignatureOutcome.Kept;
        }

        return cosignature.Size > NewestSize ? KeepAhead(cosignature) : Forked(cosignature);
    }

    private CosignatureOutcome Forked(CosignatureGossip cosignature)
    {
        Accusations.Elsewhere(cosignature);
        return _reports.IsNews(cosignature) ? CosignatureOutcome.Forked : CosignatureOutcome.Ignored;
    }

    private ulong NewestSize => _roots.Count == 0 ? 0 : _roots.Keys.Last();

    private bool IsOld(CosignatureGossip cosignature)
    {
        if (Certified is not null && cosignature.Size < Certified.Size.Value) return true;

        return _known.TryGetValue(cosignature.Size, out var signatures)
            && signatures.TryGetValue(cosignature.Node, out var known)
            && known.Root == cosignature.Root
            && known.Time >= cosignature.Time;
    }

    private CosignatureOutcome KeepAhead(CosignatureGossip cosignature)
    {
        if (!_ahead.TryGetValue(cosignature.Node, out var waiting)) _ahead.Add(cosignature.Node, waiting = []);
        if (waiting.TryGetValue(cosignature.Size, out var before)) Accusations.CompareRoots(before, cosignature);
        waiting[cosignature.Size] = cosignature;

        // The nearest are wanted first; the farthest will be sent again.
        if (waiting.Count > AheadPerNode) waiting.Remove(waiting.Keys.Last());
        return waiting.ContainsKey(cosignature.Size) ? CosignatureOutcome.Kept : CosignatureOutcome.Ignored;
    }

    private void Keep(CosignatureGossip cosignature)
    {
        if (!_known.TryGetValue(cosignature.Size, out var signatures)) _known.Add(cosignature.Size, signatures = []);
        signatures[cosignature.Node] = cosignature;
        Accusations.OnOwnLog(cosignature);
        bool certifies = signatures.Count >= root.Quorum.Required && cosignature.Size > (Certified?.Size.Value ?? 0);
        if (!certifies) return;

        Certified = CheckpointOf(root, cosignature);
        foreach (ulong old in _known.Keys.Where(size => size < cosignature.Size).ToList()) _known.Remove(old);
        foreach (ulong old in _roots.Keys.TakeWhile(size => size < cosignature.Size).ToList()) _roots.Remove(old);
        foreach (var waiting in _ahead.Values)
        {
            foreach (ulong old in waiting.Keys.TakeWhile(size => size < cosignature.Size).ToList()) waiting.Remove(old);
        }
    }

    private void NoteNewest(CosignatureGossip cosignature)
    {
        if (cosignature.IsNewerThan(NewestOf(cosignature.Node))) _newest[cosignature.Node] = cosignature;
    }

    private static NoteSignature ToNote(TrustRoot root, CosignatureGossip cosignature) =>
        Cosignature.ToNoteSignature(
            root.Nodes[cosignature.Node].AttestationVerifier, (ulong)cosignature.Time, cosignature.Signature.AsSpan());

    private static Checkpoint CheckpointOf(TrustRoot root, CosignatureGossip cosignature) =>
        new(root.Origin, new TreeSize(cosignature.Size), cosignature.Root);
}
