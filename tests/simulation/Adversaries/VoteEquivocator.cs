using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>Votes for everything: every block it hears of, FINALIZE and NULLIFY, each to some of the others.</summary>
internal sealed class VoteEquivocator(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private readonly Dictionary<View, HashSet<Digest>> _heard = [];

    public override void Handle(ReplicaEvent happened)
    {
        switch (happened)
        {
            case ReplicaEvent.Received(_, PeerMessage.Voted({ Kind: not VoteKind.Nullify } vote)):
                Note(vote.View, vote.Block);
                break;
            case ReplicaEvent.Received(_, PeerMessage.Proposed(var proposal)):
                Note(proposal.Block.Header.View, proposal.Block.Hash);
                break;
        }

        base.Handle(happened);
    }

    protected override void Broadcast(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Proposed(var proposal):
                Note(proposal.Block.Header.View, proposal.Block.Hash);
                base.Broadcast(message);
                VoteForEverything(proposal.Block.Header.View);
                break;
            case PeerMessage.Voted(var vote): VoteForEverything(vote.View); break;
            default: base.Broadcast(message); break;
        }
    }

    private void VoteForEverything(View view)
    {
        var votes = (_heard.GetValueOrDefault(view) ?? [])
            .SelectMany(block => new[] { Sign(VoteKind.Notarize, view, block), Sign(VoteKind.Finalize, view, block) })
            .Append(Sign(VoteKind.Nullify, view, default))
            .ToList();
        foreach (var vote in votes)
        {
            var told = Peers.Where(_ => Random.Next(3) > 0).ToList();
            foreach (byte peer in told) Send(peer, new PeerMessage.Voted(vote));
        }
    }

    private void Note(View view, Digest block)
    {
        if (!_heard.TryGetValue(view, out var blocks)) _heard.Add(view, blocks = []);
        blocks.Add(block);
    }
}
