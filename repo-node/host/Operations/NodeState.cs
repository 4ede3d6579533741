using SupplyChain.Protocol.Log;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.RepoNode.Operations.Intake;
using SupplyChain.RepoNode.Operations.Joining;

namespace SupplyChain.RepoNode.Operations;

/// <summary>The newest certified checkpoint, with the ledger it is about.</summary>
/// <param name="Note">As it is served: the node's own log signature, then cosignatures in the root's order.</param>
/// <param name="Ledger">For proofs.</param>
internal sealed record CertifiedState(ReadOnlyMemory<byte> Note, LedgerState Ledger)
{
    public TreeSize Size => new(Ledger.Size);
}

/// <summary>What requests see of the node: one consistent picture, replaced as a whole by the loop.</summary>
/// <param name="View">Of the replica.</param>
/// <param name="Pending">Submissions that wait.</param>
/// <param name="Tip">The end of the final chain.</param>
/// <param name="Certified">What is served; null before the first time.</param>
/// <param name="Cosigned">The newest checkpoint in the signing journal; null before the first.</param>
/// <param name="Progress">How far the node has come since it started.</param>
/// <param name="PeerClocks">What the peers' clocks say.</param>
internal sealed record NodeSnapshot(
    View View, int Pending, ChainTip Tip, CertifiedState? Certified, JournalRecord.CosignedCheckpoint? Cosigned,
    Progress Progress, PeerClocks PeerClocks)
{
    /// <summary>What it may sign for nonces: nothing before its peers have confirmed its journal.</summary>
    public JournalRecord.CosignedCheckpoint? Attestable => Progress.MaySign ? Cosigned : null;

    /// <summary>What the node's own clock is worth just now.</summary>
    public ClockStanding StandingOf(HostClocks clocks) => StandingOf(clocks.UnixSeconds, clocks);

    /// <summary>What a time is worth that the node's own clock said just now.</summary>
    public ClockStanding StandingOf(long now, HostClocks clocks) => PeerClocks.StandingOf(
        now, clocks.Elapsed, Tip.Ledger.TrustRoot.Freshness.Skew);
}

/// <summary>Where the loop leaves the newest <see cref="NodeSnapshot"/>.</summary>
internal sealed class NodeState(NodeSnapshot first)
{
    private volatile NodeSnapshot _current = first;

    public NodeSnapshot Current
    {
        get => _current;
        set => _current = value;
    }
}
