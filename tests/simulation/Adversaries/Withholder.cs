using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Keeps what it has to say until the others have given up waiting, and then says it all at once: votes that complete
/// certificates of views long over, proposals whose time has passed. Bodies it never gives away.
/// </summary>
internal sealed class Withholder(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private readonly List<(byte To, PeerMessage Message)> _kept = [];

    protected override void Broadcast(PeerMessage message)
    {
        foreach (byte peer in Peers) Send(peer, message);
    }

    protected override void Send(byte to, PeerMessage message)
    {
        if (message is PeerMessage.GivesBlock) return;

        if (_kept.Count == 0)
            Simulation.Time.After(TimeSpan.FromMilliseconds(Random.Next(500, 6_000)), SayEverything);
        _kept.Add((to, message));
    }

    private void SayEverything()
    {
        foreach (var (to, message) in _kept) base.Send(to, message);
        _kept.Clear();
    }
}
