using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>
/// Which nodes of a roll call count for a checkpoint: those that attested it, and those whose own smaller checkpoint is
/// shown to be a prefix of it. Each prefix is asked for once, newest first, until the quorum is there.
/// </summary>
internal sealed class PrefixCheck(RollCall roll, Checkpoint target)
{
    private readonly Queue<Checkpoint> _unproven = new(roll.PrefixesOf(target));
    private readonly HashSet<Checkpoint> _shown = [];

    public bool IsQuorum => roll.IsQuorumFor(target, _shown);

    /// <summary>The prefix to be shown now; null when none is left.</summary>
    public Checkpoint? Next => _unproven.TryPeek(out var prefix) ? prefix : null;

    /// <summary>The rejection of step 4.</summary>
    public Rejection TooFew => roll.TooFew(target, _shown);

    /// <summary><see cref="Next"/> was shown to be one.</summary>
    public void Shown() => _shown.Add(_unproven.Dequeue());

    /// <summary>Nobody can show <see cref="Next"/>: its nodes do not count.</summary>
    public void NotShown() => _unproven.Dequeue();
}
