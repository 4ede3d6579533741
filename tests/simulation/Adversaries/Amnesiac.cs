using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Restarts again and again with a journal that is empty or from an old backup, and means no harm otherwise: it votes
/// a second time where it voted before.
/// </summary>
internal sealed class Amnesiac(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    protected override IEnumerable<JournalRecord> RestoredJournal()
    {
        var journal = Disk.Journal.ToList();
        return Random.Next(2) == 0 ? [] : journal.Take(Random.Next(journal.Count + 1));
    }

    protected override void Broadcast(PeerMessage message)
    {
        base.Broadcast(message);
        if (message is PeerMessage.Voted or PeerMessage.Proposed && !Simulation.Weather.IsCalm && Random.Next(4) == 0)
            Simulation.Time.After(TimeSpan.Zero, () => { if (IsUp) Crash(); });
    }
}
