using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Proposes two valid blocks in its views, and votes for everything: both blocks, FINALIZE and NULLIFY.
/// </summary>
internal sealed class Equivocator(Simulation simulation, byte index, LedgerState genesis)
    : Adversary(simulation, index, genesis)
{
    private readonly Dictionary<View, HashSet<Digest>> _seen = [];

    public override void Handle(ReplicaEvent happened)
    {
        if (happened is ReplicaEvent.Received(_, PeerMessage.Voted({ Kind: not VoteKind.Nullify } vote)))
            Note(vote.View, vote.Block);
        base.Handle(happened);
    }

    protected override void Broadcast(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Proposed(var proposal): Propose(proposal); break;
            case PeerMessage.Voted(var vote): VoteForEverything(vote.View); break;
            default: base.Broadcast(message); break;
        }
    }

    private void Propose(Proposal proposal)
    {
        Note(proposal.Block.Header.View, proposal.Block.Hash);
        var twin = TwinOf(proposal);
        foreach (byte peer in Peers)
        {
            var told = twin is not null && Random.Next(2) == 0 ? twin : proposal;
            Send(peer, new PeerMessage.Proposed(told));
        }

        VoteForEverything(proposal.Block.Header.View);
    }

    /// <summary>The same entries a second later: another block, just as valid.</summary>
    private Proposal? TwinOf(Proposal proposal)
    {
        var (header, entries, tip) = (proposal.Block.Header, proposal.Block.Entries, Replica.Tip);
        if (header.ParentHash != tip.Header.Hash) return null;
        if (!tip.Ledger.TryExecute(entries, header.Time + 1, header.Height, out var executed, out _)) return null;

        var twin = new Header(
            header.Epoch, header.View, header.Height, header.ParentView, header.ParentHash, header.Time + 1,
            header.Leader, header.EntriesRoot, executed.After.Size, executed.After.LogRoot, executed.After.MapRoot);
        if (!Block.TryCreate(twin, entries, out var block)) return null;

        Note(twin.View, twin.Hash);
        return new Proposal(block, proposal.Justification, Sign(VoteKind.Notarize, twin.View, twin.Hash));
    }

    private void VoteForEverything(View view)
    {
        foreach (byte peer in Peers)
        {
            foreach (var block in _seen.GetValueOrDefault(view) ?? [])
            {
                if (Random.Next(3) > 0) Send(peer, new PeerMessage.Voted(Sign(VoteKind.Notarize, view, block)));
                if (Random.Next(3) > 0) Send(peer, new PeerMessage.Voted(Sign(VoteKind.Finalize, view, block)));
            }

            if (Random.Next(3) > 0) Send(peer, new PeerMessage.Voted(Sign(VoteKind.Nullify, view, default)));
        }
    }

    private void Note(View view, Digest block)
    {
        if (!_seen.TryGetValue(view, out var blocks)) _seen.Add(view, blocks = []);
        blocks.Add(block);
    }
}
