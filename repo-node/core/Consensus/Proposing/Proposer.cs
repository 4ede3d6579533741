using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Peers;
using SupplyChain.RepoNode.Core.Consensus.Voting;

namespace SupplyChain.RepoNode.Core.Consensus.Proposing;

/// <summary>What a leader does in its view: one block, when there is work and its parent is known.</summary>
internal sealed class Proposer(
    ReplicaState state, Submissions submissions, Demand demand, Certification certification, Wants wants, Outbox outbox)
{
    /// <summary>Proposes, or wants what is missing for it.</summary>
    public void Propose()
    {
        var view = state.View;
        if (!IsLeader || !state.Log.MayNotarize(view) || state.IsBad(view) || !demand.HasWork) return;

        var parent = state.Certificates.ParentFor(view);
        if (parent is null)
        {
            wants.CertificatesFrom(state.Certificates.FirstUnknown(view));
            return;
        }

        if (state.Tree.After(parent.Value.Block, out var missing) is not { } after)
        {
            wants.Block(missing);
            return;
        }

        var entries = submissions.Select(after.Ledger);
        if (entries.IsEmpty && !demand.LacksFinalisation) return;

        Send(
            BlockBuilder.Build(state.Committee, view, after.Header, after.Ledger, entries, state.WallClock),
            state.Certificates.Justify(parent.Value.View, view));
    }

    /// <summary>This node's proposal in the view, to be sent again; null when it made none.</summary>
    public Proposal? Own()
    {
        if (!IsLeader || state.Log.Cast(state.View, VoteKind.Notarize) is not { } vote) return null;
        if (state.Tree.Find(vote.Block) is not { } block) return null;

        return new Proposal(block, state.Certificates.Justify(block.Header.ParentView, state.View), vote);
    }

    private bool IsLeader => state.Committee.Leader(state.View) == state.Self;

    // The leader's NOTARIZE travels inside its proposal.
    private void Send(Block block, Justification justification)
    {
        bool isFirst = state.TryAddProposal(block);
        Invariant.Holds(isFirst, "only the leader proposes in its view");
        outbox.Persist(new JournalRecord.VotedBlock(block));
        certification.Cast(
            VoteKind.Notarize, block.Header.View, block.Hash,
            vote => new PeerMessage.Proposed(new Proposal(block, justification, vote)));
    }
}
