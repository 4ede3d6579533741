using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Operations.Intake;
using SupplyChain.RepoNode.Peers;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// Tells the peers what this machine's clock says and hears what theirs say; the core's <see cref="PeerClocks"/> judge. A
/// clock that is ahead of theirs keeps the node from signing any time, and the operator hears of it.
/// </summary>
internal sealed class ClockWatch(
    HostClocks clocks, Quorum quorum, PeerSet peers, PeerNetwork network, ILogger<ClockWatch> log)
{
    // Seconds between two tellings, and between two warnings.
    private const int TellingPace = 10;
    private const int WarningPace = 60;

    private long _seconds;
    private long? _aheadSince;

    /// <summary>What the peers have told.</summary>
    public PeerClocks Peers { get; private set; } = PeerClocks.Untold(quorum);

    /// <param name="now">What the clock says, read once: it may be set at any moment.</param>
    /// <param name="skew">That of the root in force, seconds.</param>
    public ClockStanding Standing(long now, long skew) => Peers.StandingOf(now, clocks.Elapsed, skew);

    /// <summary>Tells one peer, which has just let this node in.</summary>
    public void Tell(int peer) => network.Send(peer, new PeerMessage.TellsClock((ulong)clocks.UnixSeconds));

    public void Hear(byte from, ulong time) => Peers = Peers.Hear(from, time, clocks.Elapsed);

    /// <summary>Tells those within reach from time to time, and the operator when the clock is ahead.</summary>
    /// <param name="skew">That of the root in force, seconds.</param>
    public void SecondPassed(long skew)
    {
        _seconds++;
        if (_seconds % TellingPace == 0)
        {
            foreach (int peer in peers.Others.Where(network.IsConnected)) Tell(peer);
        }

        Warn(Standing(clocks.UnixSeconds, skew));
    }

    private void Warn(ClockStanding standing)
    {
        if (standing == ClockStanding.Ahead)
        {
            _aheadSince ??= _seconds;
            if ((_seconds - _aheadSince) % WarningPace != 0) return;

            log.LogError(
                "This machine's clock is {Seconds} s ahead of its peers' clocks: nothing is cosigned until it is set right",
                clocks.UnixSeconds - Peers.Reached(clocks.Elapsed));
        }
        else if (_aheadSince is not null)
        {
            _aheadSince = null;
            log.LogInformation("This machine's clock agrees with its peers' clocks again");
        }
    }
}
