using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Proposing;
using SupplyChain.RepoNode.Core.Consensus.Voting;

namespace SupplyChain.RepoNode.Core.Consensus.Peers;

/// <summary>
/// Takes what peers say. What carries a proof or answers a question of ours is always heard; what asks for work is
/// rationed.
/// </summary>
internal sealed class Inbox(
    ReplicaState state, Certification certification, Delivery delivery, Submissions submissions, ArtifactGate artifacts,
    Proposer proposer, CatchUp catchUp, Fetcher fetcher, Outbox outbox)
{
    private readonly Allowance _allowance = new(state.Committee.Size);

    public void Take(byte from, PeerMessage message)
    {
        ulong height = state.Tip.Header.Height;
        Hear(from, message);
        bool hasAnswered = state.Tip.Header.Height > height && fetcher.HasAsked(new PeerMessage.AsksChain(height), from);
        if (hasAnswered) fetcher.ChainSource = from;
    }

    private void Hear(byte from, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Proposed(var proposal): OnProposal(from, proposal); break;
            case PeerMessage.Voted(var vote): certification.Count(from, vote); break;
            case PeerMessage.Certified(var certificate): OnCertificate(from, certificate); break;
            case PeerMessage.GivesBlock(var block): OnBlock(from, block); break;
            case PeerMessage.Cosigned or PeerMessage.AsksSigned or PeerMessage.HasSigned or PeerMessage.TellsClock: break;
            default:
                if (_allowance.Take(from, state.Now)) OnRequest(from, message);
                break;
        }
    }

    private void OnRequest(byte from, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Submits(var envelope): OnSubmission(from, envelope); break;
            case PeerMessage.Stands(var status):
                outbox.Send(from, catchUp.Answer(from, status, state.View, proposer.Own()));
                break;
            case PeerMessage.AsksBlock(var hash): outbox.Send(from, catchUp.Answer(hash)); break;
            case PeerMessage.AsksCertificates(var first, var last):
                outbox.Send(from, catchUp.Answer(first, last));
                break;
            case PeerMessage.AsksChain(var height) when height < state.Tip.Header.Height:
                outbox.Add(new Effect.SendChain(from, height));
                break;
        }
    }

    private void OnProposal(byte from, Proposal proposal)
    {
        var header = proposal.Block.Header;
        if (header.Epoch != state.Committee.Epoch || header.Leader != state.Committee.Leader(header.View))
        {
            outbox.Add(new Effect.Distrust(from, "a proposal of another epoch, or not by the view's leader"));
            return;
        }

        foreach (var certificate in proposal.Justification.Certificates())
        {
            if (!certification.Learn(from, certificate)) break;
        }

        if (state.IsInWindow(header.View) && certification.Count(from, proposal.LeaderVote))
            state.TryAddProposal(proposal.Block);
    }

    private void OnCertificate(byte from, Certificate certificate)
    {
        bool isForCatchUp = certificate.Kind == VoteKind.Finalize
            && certificate.View < state.Certificates.LastFinal && certificate.View > state.Tip.Header.View;
        if (!isForCatchUp) certification.Learn(from, certificate);
        else if (state.Tree.Find(certificate.Block) is not null && state.Committee.Verifies(certificate))
            delivery.Deliver(certificate);
    }

    private void OnBlock(byte from, Block block)
    {
        if (fetcher.HasAsked(new PeerMessage.AsksBlock(block.Hash))) state.Tree.Add(block);
        else if (fetcher.HasAsked(new PeerMessage.AsksChain(state.Tip.Header.Height), from))
            state.Tree.AddCatchUp(block);
        else return;

        delivery.Deliver(state.Certificates.Finalisation);
    }

    private void OnSubmission(byte from, Envelope envelope)
    {
        var (_, taken) = submissions.Add(envelope, from);
        if (taken is null) return;

        outbox.Add(new Effect.Keep(envelope));
        artifacts.Need(taken.Artifacts);
    }
}
