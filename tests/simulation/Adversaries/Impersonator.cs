using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Speaks in others' names: votes, proposals and cosignatures under its own signature, and others' true signatures
/// under another kind, view or time. Of its own it cosigns roots that nobody has.
/// </summary>
internal sealed class Impersonator(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private readonly HashSet<(ulong Size, byte Node)> _relabelled = [];
    private View _proposed;

    public override void Handle(ReplicaEvent happened)
    {
        base.Handle(happened);
        if (!IsUp) return;

        switch (happened)
        {
            case ReplicaEvent.Received(_, PeerMessage.Voted(var vote)) when Random.Next(3) == 0: Relabel(vote); break;
            // Once each: two of its kind would answer each other without end.
            case ReplicaEvent.Received(_, PeerMessage.Cosigned(var cosignature))
                when _relabelled.Add((cosignature.Size, cosignature.Node)):
                Relabel(cosignature);
                break;
        }

        if (Replica.View != _proposed && !Leads(Replica.View) && Random.Next(4) == 0) ProposeForLeader();
    }

    protected override void Broadcast(PeerMessage message)
    {
        base.Broadcast(message);
        if (message is not PeerMessage.Voted(var vote)) return;

        foreach (byte other in Peers.ToList()) base.Broadcast(new PeerMessage.Voted(vote with { Signer = other }));
    }

    /// <summary>Somebody's true signature, said to be on something else.</summary>
    private void Relabel(Vote vote)
    {
        var kind = vote.Kind == VoteKind.Notarize ? VoteKind.Finalize : VoteKind.Notarize;
        var relabelled = vote.Kind == VoteKind.Nullify || Random.Next(2) == 0
            ? vote with { View = vote.View.Next }
            : vote with { Kind = kind };
        base.Broadcast(new PeerMessage.Voted(relabelled));
    }

    private void Relabel(CosignatureGossip cosignature)
    {
        base.Broadcast(new PeerMessage.Cosigned(cosignature with { Time = cosignature.Time + 1 }));
        foreach (byte other in Peers.ToList())
            base.Broadcast(new PeerMessage.Cosigned(cosignature with { Node = other, Time = cosignature.Time + 2 }));

        var lie = Digest.Of([(byte)Random.Next(4)]);
        base.Broadcast(new PeerMessage.Cosigned(
            Attestor.Sign(Simulation.Network, Index, cosignature.Size, lie, cosignature.Time)));
    }

    private void ProposeForLeader()
    {
        var (parent, view) = (Tips[^1], Replica.View);
        _proposed = view;
        long time = Math.Max(parent.Header.Time, SecondsNow);
        if (Build(parent, view, EntriesOn(parent.Ledger), time) is not { } block) return;
        if (Propose(block) is not { } proposal) return;

        var vote = proposal.LeaderVote with { Signer = Simulation.Committee.Leader(view) };
        base.Broadcast(new PeerMessage.Proposed(proposal with { LeaderVote = vote }));
    }
}
