using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Tells everything to one node only, another one each time: certificates come to be known in one place.
/// </summary>
internal sealed class Withholder(Simulation simulation, byte index, LedgerState genesis)
    : Adversary(simulation, index, genesis)
{
    protected override void Broadcast(PeerMessage message)
    {
        byte[] peers = [.. Peers];
        Send(peers[Random.Next(peers.Length)], message);
    }

    // Nobody gets an answer from it.
    protected override void Send(byte to, PeerMessage message)
    {
        if (message is PeerMessage.Proposed or PeerMessage.Voted or PeerMessage.Submits) base.Send(to, message);
    }
}
