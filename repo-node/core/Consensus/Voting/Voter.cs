using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Peers;
using SupplyChain.RepoNode.Core.Consensus.Proposing;

namespace SupplyChain.RepoNode.Core.Consensus.Voting;

/// <summary>What a node votes in its view: NOTARIZE for the leader's block, or NULLIFY.</summary>
internal sealed class Voter(
    ReplicaState state, Certification certification, Pacemaker pacemaker, ArtifactGate artifacts, Wants wants,
    Outbox outbox)
{
    private readonly ProposalRules _rules = new(state.Certificates, state.Tree, artifacts);

    /// <summary>Votes NULLIFY when the view has had its time, or its leader gave it up or broke a rule.</summary>
    public void GiveUp()
    {
        var view = state.View;
        byte leader = state.Committee.Leader(view);
        bool leaderGaveUp =
            state.Pool.Has(view, VoteKind.Nullify, leader) && state.Log.Cast(view, VoteKind.Notarize) is null;
        if (leaderGaveUp || state.IsBad(view) || pacemaker.GivesUp(leader, state.ViewsSinceFinal, state.Now))
            Nullify();
    }

    /// <summary>Votes on the leader's block, or wants what is missing to judge it.</summary>
    public void Vote()
    {
        var view = state.View;
        if (state.Proposal is not { } block || state.IsBad(view) || !state.Log.MayNotarize(view)) return;

        switch (_rules.Judge(block, state.WallClock))
        {
            case Judgement.Valid:
                outbox.Persist(new JournalRecord.VotedBlock(block));
                certification.Cast(VoteKind.Notarize, view, block.Hash);
                break;
            case Judgement.Refused(var refusal):
                if (state.MarkBad(view)) outbox.Add(new Effect.RefuseProposal(view, refusal));
                Nullify();
                break;
            case Judgement.LacksCertificates(var first): wants.CertificatesFrom(first); break;
            case Judgement.LacksBlock(var hash): wants.Block(hash); break;
            case Judgement.LacksArtifacts(var executed): artifacts.Need(executed.Artifacts); break;
            case Judgement.TooEarly: break;
        }
    }

    private void Nullify()
    {
        if (state.Log.MayNullify(state.View)) certification.Cast(VoteKind.Nullify, state.View, default);
    }
}
