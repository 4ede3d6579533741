using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Core.Attestation;

/// <summary>
/// Which checkpoint this node cosigns next, and when (docs/protocol.md §4): in increasing size, each once its artifacts
/// are read back, and the newest again every <c>attestEvery</c> seconds. Pure: the host journals what
/// <see cref="Next"/> returns, tells
/// <see cref="Journaled"/>, and only then signs and sends.
/// </summary>
public sealed class Cosigner
{
    private readonly Queue<Attestable> _waiting = [];
    private readonly HashSet<Digest> _held = [];
    private Attestable? _newest;

    // When the last checkpoint was cosigned, by the steady clock; unknown after a restart.
    private TimeSpan? _cosignedAt;
    private bool _mayBeUnsent;

    /// <param name="attestEvery">Seconds.</param>
    /// <param name="last">The last checkpoint in the signing journal, or null.</param>
    public Cosigner(long attestEvery, JournalRecord.CosignedCheckpoint? last)
    {
        AttestEvery = attestEvery;
        Last = last;
        _mayBeUnsent = last is not null;
    }

    /// <summary>Seconds; another trust root may bring another.</summary>
    public long AttestEvery
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    }

    /// <summary>The last checkpoint in the signing journal.</summary>
    public JournalRecord.CosignedCheckpoint? Last { get; private set; }

    /// <summary>Artifacts that the oldest waiting checkpoint still lacks.</summary>
    public IReadOnlyList<Digest> Missing =>
        _waiting.TryPeek(out var candidate) ? [.. candidate.Artifacts.Where(digest => !_held.Contains(digest))] : [];

    /// <summary>
    /// The next checkpoint of the own chain, in order: the genesis, then those of final blocks; after a restart from
    /// the start again.
    /// </summary>
    /// <exception cref="InvariantBrokenException">The chain does not lead to what this node has cosigned.</exception>
    public void Extend(Attestable candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Invariant.Holds(_newest is null || candidate.Size > _newest.Size, "the chain's checkpoints grow");
        Invariant.Holds(
            Last is null || candidate.Size <= Last.Size || _newest?.Size >= Last.Size,
            "what this node cosigned is a checkpoint of its chain");
        _newest = candidate;
        switch (AttestationRules.Decide(candidate, Last, _held.Contains))
        {
            case AttestationRuling.Sign or AttestationRuling.Wait: _waiting.Enqueue(candidate); break;
            case AttestationRuling.Again or AttestationRuling.Passed: break;
            case AttestationRuling.Fork:
                throw new InvariantBrokenException("the own chain has the root that this node cosigned at this size");
        }
    }

    /// <summary>The host has read these back from its own disk.</summary>
    public void ArtifactsRead(IEnumerable<Digest> artifacts) => _held.UnionWith(artifacts);

    /// <summary>
    /// After a restart, once: what is journaled already and may never have been sent, as soon as the chain leads there.
    /// </summary>
    public JournalRecord.CosignedCheckpoint? TakeUnsent()
    {
        if (!_mayBeUnsent || !HasReachedLast) return null;

        _mayBeUnsent = false;
        return Last;
    }

    /// <summary>
    /// What to journal and cosign now, or null. Times never go back, even when the clock does: a cosignature says that
    /// nothing larger was known at its time. So nothing is stamped by a clock that the peers do not confirm.
    /// </summary>
    /// <param name="now">The wall clock, Unix seconds: what the cosignature says.</param>
    /// <param name="steady">A clock that nobody sets: how long ago the last cosignature was.</param>
    /// <param name="clock">What <see cref="PeerClocks"/> say of <paramref name="now"/>.</param>
    public JournalRecord.CosignedCheckpoint? Next(long now, TimeSpan steady, ClockStanding clock)
    {
        if (clock != ClockStanding.Confirmed) return null;

        long time = Math.Max(now, Last?.Time ?? 0);
        if (_waiting.TryPeek(out var candidate))
        {
            if (AttestationRules.Decide(candidate, Last, _held.Contains) == AttestationRuling.Sign)
                return new JournalRecord.CosignedCheckpoint(candidate.Size, candidate.Root, time);
        }

        // What was cosigned is signed again only once the chain is known to lead there, and to say something new.
        return HasReachedLast && IsDueAgain(now, steady) && time > Last!.Time ? Last with { Time = time } : null;
    }

    /// <summary>The record is on disk: from now on it binds this node.</summary>
    /// <param name="record">What <see cref="Next"/> returned.</param>
    /// <param name="steady">The clock that nobody sets.</param>
    public void Journaled(JournalRecord.CosignedCheckpoint record, TimeSpan steady)
    {
        ArgumentNullException.ThrowIfNull(record);
        Invariant.Holds(
            Last is null || record.Size > Last.Size || (record.Size == Last.Size && record.Root == Last.Root),
            "cosigned checkpoints extend each other");
        (Last, _cosignedAt, _mayBeUnsent) = (record, steady, false);
        if (!_waiting.TryPeek(out var candidate) || candidate.Size != record.Size) return;

        foreach (var digest in _waiting.Dequeue().Artifacts) _held.Remove(digest);
    }

    private bool HasReachedLast => _newest is not null && Last is not null && _newest.Size >= Last.Size;

    // After a restart only the stamp tells how long ago it was.
    private bool IsDueAgain(long now, TimeSpan steady) => _cosignedAt is { } at
        ? steady - at >= TimeSpan.FromSeconds(AttestEvery)
        : now >= Last!.Time + AttestEvery;
}
