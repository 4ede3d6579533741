using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Proposing;

namespace SupplyChain.RepoNode.Core.Consensus.Peers;

/// <summary>Says again what others may have missed: any message may be lost.</summary>
internal sealed class Reminder(
    ReplicaState state, Submissions submissions, CatchUp catchUp, Proposer proposer, Outbox outbox)
{
    public void Repeat()
    {
        outbox.Broadcast(new PeerMessage.Stands(catchUp.Status(state.View)));
        foreach (var vote in catchUp.OpenVotes(state.View)) outbox.Broadcast(new PeerMessage.Voted(vote));
        foreach (var submission in submissions.OldestFirst.Take(Bounds.SubmissionsPerRetry))
            outbox.Broadcast(new PeerMessage.Submits(submission.Envelope));

        if (proposer.Own() is { } proposal) Repeat(proposal);
    }

    // A block is large: only those that have said nothing in the view, and so may lack it, get it again.
    private void Repeat(Proposal proposal)
    {
        for (byte peer = 0; peer < state.Committee.Size; peer++)
        {
            if (peer != state.Self && !state.Pool.HasAny(state.View, peer))
                outbox.Send(peer, new PeerMessage.Proposed(proposal));
        }
    }
}
