using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>The boot check of one life of a node, with the host's part: who is still to be asked.</summary>
internal sealed class JournalCheck(
    TrustRoot root, Replica replica, JournalRecord.CosignedCheckpoint? last, ulong question)
{
    private readonly BootCheck _check = new(root, replica.Self, replica.Journaled(), last, question);

    /// <summary>The node may sign.</summary>
    public bool HasPassed => _check.HasPassed;

    /// <summary>For those that have not answered; none once it has passed.</summary>
    public IEnumerable<(byte Peer, PeerMessage Question)> Questions(IEnumerable<byte> peers) => HasPassed
        ? []
        : peers.Where(peer => !_check.HasAnswered(peer))
            .Select(peer => (peer, (PeerMessage)new PeerMessage.AsksSigned(_check.Question)));

    /// <summary>Takes an answer: whether it shows that the journal is an old one.</summary>
    public bool IsRestored(byte from, LastSigned signed) => _check.Take(from, signed) is BootVerdict.Restored;
}
