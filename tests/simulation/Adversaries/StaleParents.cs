using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Builds its blocks on parents that were overtaken: the newest final block although a newer one is notarised, or an
/// older final one. Its own votes support whatever leads away from the chain.
/// </summary>
internal sealed class StaleParents(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private View _proposed;

    public override void Handle(ReplicaEvent happened)
    {
        base.Handle(happened);
        if (!IsUp || !Leads(Replica.View) || Replica.View == _proposed) return;

        var parent = Tips[Math.Max(0, Tips.Count - 1 - Random.Next(3) / 2)];
        var view = Replica.View;
        long time = Math.Max(parent.Header.Time, SecondsNow);
        if (Build(parent, view, EntriesOn(parent.Ledger), time) is not { } block || Propose(block) is not { } proposal) return;

        _proposed = view;
        base.Broadcast(new PeerMessage.Proposed(proposal));
        base.Broadcast(new PeerMessage.Voted(Sign(VoteKind.Finalize, view, block.Hash)));
    }

    protected override void Broadcast(PeerMessage message)
    {
        if (message is not PeerMessage.Proposed) base.Broadcast(message);
    }
}
