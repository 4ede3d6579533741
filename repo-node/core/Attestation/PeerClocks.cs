using System.Collections.Immutable;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Core.Attestation;

/// <summary>What this node's clock is worth, by what its peers' clocks say.</summary>
public enum ClockStanding
{
    /// <summary>Fewer than f + 1 peers have told theirs.</summary>
    Unconfirmed,

    /// <summary>The clock of at least one honest peer has come as far, give or take the skew.</summary>
    Confirmed,

    /// <summary>It may be ahead of every honest peer's clock: nothing is signed by it.</summary>
    Ahead,
}

/// <summary>
/// The clocks of the peers as they were told, counted on by the own steady clock. Stamps only grow, so one that is ahead
/// binds its node until that time has come; what is signed is therefore a time to which f + 1 peers' clocks have come, so
/// that an honest one is among them (docs/protocol.md §4). Up to f liars can neither confirm a clock that is ahead nor
/// keep a right one from being confirmed. Immutable.
/// </summary>
public sealed class PeerClocks
{
    private readonly Quorum _quorum;

    // What each peer's clock said, less what the steady clock said then: all Unix seconds.
    private readonly ImmutableDictionary<byte, long> _offsets;

    private PeerClocks(Quorum quorum, ImmutableDictionary<byte, long> offsets) =>
        (_quorum, _offsets) = (quorum, offsets);

    /// <summary>Nobody has told anything yet.</summary>
    public static PeerClocks Untold(Quorum quorum) => new(quorum, ImmutableDictionary<byte, long>.Empty);

    /// <summary>With what a peer has just told; it replaces what the peer told before.</summary>
    /// <param name="peer">Its number in the root's order.</param>
    /// <param name="time">Unix seconds, at most 2^53 − 1.</param>
    /// <param name="steady">The own clock that nobody sets.</param>
    public PeerClocks Hear(byte peer, ulong time, TimeSpan steady) =>
        new(_quorum, _offsets.SetItem(peer, (long)time - Seconds(steady)));

    /// <summary>Unix seconds to which an honest peer's clock has come; null before f + 1 peers have told theirs.</summary>
    public long? Reached(TimeSpan steady) => _offsets.Count > _quorum.Faulty
        ? _offsets.Values.OrderDescending().ElementAt(_quorum.Faulty) + Seconds(steady)
        : null;

    /// <param name="now">The own wall clock, Unix seconds.</param>
    /// <param name="steady">The own clock that nobody sets.</param>
    /// <param name="skew">Seconds by which an attestation may be ahead of an agent's clock.</param>
    public ClockStanding StandingOf(long now, TimeSpan steady, long skew)
    {
        if (Reached(steady) is not { } reached) return ClockStanding.Unconfirmed;

        // What is told takes its time to arrive, and clocks are read in whole seconds.
        long allowed = Math.Max(skew, Bounds.SkewSeconds);
        return now <= reached + allowed ? ClockStanding.Confirmed : ClockStanding.Ahead;
    }

    private static long Seconds(TimeSpan steady) => (long)steady.TotalSeconds;
}
