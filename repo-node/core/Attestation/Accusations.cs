using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Attestation;

/// <summary>
/// Two verified cosignatures of one node that name two histories. Of different sizes, the smaller is on another history
/// than the own log and the larger on the own log, whose proof completes the evidence (docs/protocol.md §8).
/// </summary>
public sealed record Accusation(CosignatureGossip Smaller, CosignatureGossip Larger);

/// <summary>
/// Remembers, for each node, its newest cosignature on the own log and one on another history. The latter alone proves
/// nothing: a node that follows a fork and never the own log contradicts nobody but us. Both together convict it.
/// </summary>
/// <param name="root">The trust root in use.</param>
public sealed class Accusations(TrustRoot root)
{
    private readonly Dictionary<byte, CosignatureGossip> _onOwnLog = [];
    private readonly Dictionary<byte, CosignatureGossip> _elsewhere = [];
    private readonly List<Accusation> _open = [];
    private readonly HashSet<byte> _convicted = [];

    /// <summary>Those that arose since this was last asked.</summary>
    public IReadOnlyList<Accusation> Take()
    {
        Accusation[] taken = [.. _open];
        _open.Clear();
        return taken;
    }

    /// <summary>There is evidence against this node: it is accused no more, whatever else it signs.</summary>
    public void Close(byte node) => _convicted.Add(node);

    /// <summary>It proved nothing: what seemed to be elsewhere was a prefix of the own log, at a size without a checkpoint.</summary>
    public void Dismiss(Accusation accusation)
    {
        ArgumentNullException.ThrowIfNull(accusation);
        if (_elsewhere.GetValueOrDefault(accusation.Smaller.Node) == accusation.Smaller)
            _elsewhere.Remove(accusation.Smaller.Node);
    }

    /// <summary>The evidence, to be judged before it is used.</summary>
    /// <param name="accusation">Against one node.</param>
    /// <param name="hashesAt">The own log's tree of a size.</param>
    public Evidence? ToEvidence(Accusation accusation, Func<TreeSize, IHashSource> hashesAt)
    {
        ArgumentNullException.ThrowIfNull(accusation);
        ArgumentNullException.ThrowIfNull(hashesAt);
        var node = root.Nodes[accusation.Smaller.Node];
        var (smaller, larger) = (TextOf(node, accusation.Smaller), TextOf(node, accusation.Larger));
        var (oldSize, newSize) = (smaller.Checkpoint.Size, larger.Checkpoint.Size);
        if (oldSize == newSize) return Evidence.OfOneSize(node, smaller, larger);

        var source = hashesAt(newSize);
        return Evidence.OfTwoSizes(
            node, smaller, larger, ProofBuilder.Root(source, oldSize), ProofBuilder.Consistency(source, oldSize, newSize));
    }

    // All of these are verified before they come here.
    internal void OnOwnLog(CosignatureGossip cosignature)
    {
        var newest = _onOwnLog.GetValueOrDefault(cosignature.Node);
        if (newest is not null && cosignature.Size <= newest.Size) return;

        _onOwnLog[cosignature.Node] = cosignature;
        if (_elsewhere.TryGetValue(cosignature.Node, out var forked)) Compare(forked, cosignature);
    }

    internal void Elsewhere(CosignatureGossip cosignature)
    {
        if (_elsewhere.TryGetValue(cosignature.Node, out var before))
        {
            CompareRoots(before, cosignature);

            // The smaller one is the sooner below something that the node signs on the own log.
            if (before.Size <= cosignature.Size) return;
        }

        _elsewhere[cosignature.Node] = cosignature;
        if (_onOwnLog.TryGetValue(cosignature.Node, out var own)) Compare(cosignature, own);
    }

    // Of a size that the own log has not reached: whichever root it will have there, they contradict each other.
    internal void CompareRoots(CosignatureGossip one, CosignatureGossip other)
    {
        if (one.Size == other.Size && one.Root != other.Root) Accuse(new Accusation(one, other));
    }

    private void Compare(CosignatureGossip elsewhere, CosignatureGossip own)
    {
        if (elsewhere.Size <= own.Size) Accuse(new Accusation(elsewhere, own));
    }

    private void Accuse(Accusation accusation)
    {
        if (!_convicted.Contains(accusation.Smaller.Node)) _open.Add(accusation);
    }

    private SignedCheckpoint TextOf(NodeIdentity node, CosignatureGossip cosignature)
    {
        var checkpoint = new Checkpoint(root.Origin, new TreeSize(cosignature.Size), cosignature.Root);
        var signature = Cosignature.ToNoteSignature(
            node.AttestationVerifier, (ulong)cosignature.Time, cosignature.Signature.AsSpan());
        var text = SignedCheckpoint.OfCosignature(checkpoint, signature);
        Invariant.Holds(text is not null, "a cosignature that is kept names a checkpoint with leaves");
        return text;
    }
}
