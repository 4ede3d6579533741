using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Proposes two valid blocks in each of its views, tells them to different nodes again and again, and votes for both.
/// </summary>
internal sealed class ProposalEquivocator(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private (View View, Proposal First, Proposal Second)? _twins;

    public override void Handle(ReplicaEvent happened)
    {
        base.Handle(happened);
        if (!IsUp || !Leads(Replica.View)) return;

        if (_twins?.View != Replica.View) _twins = MakeTwins();
        if (_twins is not { } twins || Random.Next(3) > 0) return;

        // Who has forgotten the first, because its power failed, may take the second.
        byte peer = Peers.ElementAt(Random.Next(Simulation.Nodes.Count - 1));
        Send(peer, new PeerMessage.Proposed(Random.Next(2) == 0 ? twins.First : twins.Second));
    }

    protected override void Broadcast(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Proposed when _twins?.View == Replica.View: break;
            case PeerMessage.Voted(var vote) when _twins is { } twins && vote.View == twins.View:
                VoteForBoth(twins.First, twins.Second);
                break;
            default: base.Broadcast(message); break;
        }
    }

    /// <summary>Two blocks on the newest final one, a second apart: as valid as each other.</summary>
    private (View, Proposal, Proposal)? MakeTwins()
    {
        var (parent, view) = (Tips[^1], Replica.View);
        var entries = EntriesOn(parent.Ledger);
        long time = Math.Max(parent.Header.Time, SecondsNow);
        if (entries.IsEmpty || Build(parent, view, entries, time) is not { } first) return null;
        if (Build(parent, view, entries, time + 1) is not { } second) return null;
        if (Propose(first) is not { } one || Propose(second) is not { } other) return null;

        int told = Random.Next(1, Simulation.Nodes.Count - 1);
        foreach (byte peer in Peers.OrderBy(_ => Random.Next()))
            Send(peer, new PeerMessage.Proposed(told-- > 0 ? one : other));
        VoteForBoth(one, other);
        return (view, one, other);
    }

    private void VoteForBoth(Proposal first, Proposal second)
    {
        foreach (var block in new[] { first.Block, second.Block })
        {
            base.Broadcast(new PeerMessage.Voted(Sign(VoteKind.Notarize, block.Header.View, block.Hash)));
            base.Broadcast(new PeerMessage.Voted(Sign(VoteKind.Finalize, block.Header.View, block.Hash)));
        }
    }
}
