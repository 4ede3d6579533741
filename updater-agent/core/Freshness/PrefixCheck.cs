using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>What a consistency proof from some node's tiles says about a smaller checkpoint that others named.</summary>
internal enum PrefixRuling
{
    /// <summary>It is a prefix: its nodes count.</summary>
    Shown,

    /// <summary>The certified tree had another root at that size: its nodes made it up.</summary>
    Refuted,

    /// <summary>The proof does not lead to the certified tree: whoever gave it is at fault, and nothing is known.</summary>
    NoProof,
}

/// <summary>
/// Which nodes count for a certified checkpoint: those that named it, and those whose smaller checkpoint is shown to be a
/// prefix of it. Each prefix is asked for once, newest first, until the quorum is there.
/// </summary>
internal sealed class PrefixCheck
{
    private readonly NonceAnswers _answers;
    private readonly Checkpoint _target;
    private readonly Queue<Checkpoint> _unproven;
    private readonly HashSet<Checkpoint> _shown = [];

    public PrefixCheck(NonceAnswers answers, int needed, Checkpoint target)
    {
        _answers = answers;
        _target = target;
        Needed = needed;
        _unproven = new Queue<Checkpoint>(answers.PrefixesOf(target));
        var others = answers.Entries.Select(entry => entry.Own).OfType<Checkpoint>().Where(own => own.Size == target.Size && own != target);
        foreach (var other in others.Distinct().ToList()) answers.Discount(other, Contradicted(other));
    }

    public bool IsQuorum => _answers.CountFor(_target, _shown) >= Needed;

    /// <summary>Whether those that know something newer would make it a quorum, once it is certified.</summary>
    public bool MayBeQuorumLater => _answers.CountFor(_target, _shown) + _answers.CountAhead(_target) >= Needed;

    /// <summary>The prefix to be shown now; null when none is left.</summary>
    public Checkpoint? Next => _unproven.TryPeek(out var prefix) ? prefix : null;

    /// <summary>The rejection of step 4.</summary>
    public Rejection TooFew => _answers.TooFew(_target, _shown);

    /// <summary>Median of the clocks of the quorum.</summary>
    public long Time => _answers.TimeFor(_target, _shown);

    private int Needed { get; }

    /// <param name="root">That the tiles have at the size of <see cref="Next"/>.</param>
    /// <param name="proof">From there to the target.</param>
    public PrefixRuling Rule(Digest root, ConsistencyProof proof)
    {
        var prefix = _unproven.Peek();
        bool leads = proof.OldSize == prefix.Size && proof.NewSize == _target.Size && proof.Verify(root, _target.Root);
        if (!leads) return PrefixRuling.NoProof;

        _unproven.Dequeue();
        if (root == prefix.Root)
        {
            _shown.Add(prefix);
            return PrefixRuling.Shown;
        }

        _answers.Discount(prefix, Contradicted(prefix));
        return PrefixRuling.Refuted;
    }

    /// <summary>Nobody can show <see cref="Next"/>: its nodes do not count.</summary>
    public void NotShown()
    {
        var prefix = _unproven.Dequeue();
        _answers.Discount(prefix, new NodeFault(FaultKind.Unproven, $"nobody shows that its size {prefix.Size} is a prefix"));
    }

    private NodeFault Contradicted(Checkpoint named) =>
        new(FaultKind.Contradicted, $"named root {named.Root} at size {named.Size}; the certified log of size {_target.Size} has another");
}
