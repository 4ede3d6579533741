using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>Hears everything and says nothing: no votes, no answers, no block in its own views.</summary>
internal sealed class Silent(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    protected override void Broadcast(PeerMessage message)
    {
    }

    protected override void Send(byte to, PeerMessage message)
    {
    }
}
