using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Tells everything to one node only, another one each time: certificates come to be known in one place.
/// </summary>
internal sealed class Selective(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    protected override void Broadcast(PeerMessage message)
    {
        byte[] peers = [.. Peers];
        Send(peers[Random.Next(peers.Length)], message);
    }

    // Nobody gets an answer from it.
    protected override void Send(byte to, PeerMessage message)
    {
        if (message is PeerMessage.Proposed or PeerMessage.Voted or PeerMessage.Submits or PeerMessage.Cosigned)
            base.Send(to, message);
    }
}
