using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Proposing;

namespace SupplyChain.RepoNode.Core.Consensus.Voting;

/// <summary>
/// How votes, this node's and everybody's, become certificates, and what a certificate brings: the next view, the
/// FINALIZE for a notarised block, the delivery of a final one.
/// </summary>
internal sealed class Certification(
    ReplicaState state, Ed25519PrivateKey voteKey, Delivery delivery, Pacemaker pacemaker, Outbox outbox)
{
    /// <summary>Two certificates contradicted each other: nothing is done any more.</summary>
    public bool IsHalted { get; private set; }

    /// <summary>Signs a vote, has it written down, and only then sends it: alone, or inside a message.</summary>
    public void Cast(VoteKind kind, View view, Digest block, Func<Vote, PeerMessage>? message = null)
    {
        var vote = state.Committee.Sign(voteKey, state.Self, kind, view, block);
        state.Log.Record(vote);
        outbox.Persist(new JournalRecord.OwnVote(vote));
        outbox.Broadcast(message is null ? new PeerMessage.Voted(vote) : message(vote));
        state.Pool.AddOwn(vote);
        TryCertify(kind, view, block);
    }

    /// <summary>Counts a peer's vote.</summary>
    /// <returns>False when it does not count: outside the window, or forged.</returns>
    public bool Count(byte from, Vote vote)
    {
        if (!state.IsInWindow(vote.View))
        {
            state.Pool.Notice(vote);
            return false;
        }

        if (!state.Pool.TryAdd(vote, out var evidence))
        {
            outbox.Add(new Effect.Distrust(from, "a vote whose signature is wrong"));
            return false;
        }

        if (evidence is not null) Convict(evidence);
        TryCertify(vote.Kind, vote.View, vote.Block);
        return true;
    }

    /// <summary>Takes a peer's certificate.</summary>
    /// <returns>False when it is forged, or contradicts another.</returns>
    public bool Learn(byte from, Certificate certificate)
    {
        if (state.Certificates.Knows(certificate)) return true;
        if (!state.Pool.TryAdd(certificate, out var evidence))
        {
            outbox.Add(new Effect.Distrust(from, "a certificate that no quorum signed"));
            return false;
        }

        foreach (var equivocation in evidence) Convict(equivocation);
        return Adopt(certificate);
    }

    private void TryCertify(VoteKind kind, View view, Digest block)
    {
        if (state.Pool.Certify(kind, view, block) is not { } certificate) return;
        if (state.Certificates.Knows(certificate)) return;

        // Told at once: a vote that others lack may have come to us alone.
        if (Adopt(certificate)) outbox.Broadcast(new PeerMessage.Certified(certificate));
    }

    private bool Adopt(Certificate certificate)
    {
        if (state.Certificates.Contradicts(certificate) is { } other)
        {
            outbox.Add(new Effect.Halt(other, certificate));
            IsHalted = true;
            return false;
        }

        state.Certificates.Add(certificate);
        outbox.Persist(new JournalRecord.Learned(certificate));
        if (certificate.Kind == VoteKind.Finalize) delivery.Deliver(certificate);
        bool mayFinalize = state.Log.MayFinalize(certificate.View) && !state.IsBad(certificate.View);
        if (certificate.Kind == VoteKind.Notarize && mayFinalize)
            Cast(VoteKind.Finalize, certificate.View, certificate.Block);

        if (state.TryEnter(certificate.View.Next)) pacemaker.EnterView();
        return true;
    }

    private void Convict(Equivocation evidence)
    {
        outbox.Add(new Effect.Convict(evidence));
        var (view, signer, kind) = (evidence.First.View, evidence.First.Signer, evidence.First.Kind);
        bool byLeader = kind == VoteKind.Notarize && signer == state.Committee.Leader(view);
        if (byLeader && state.MarkBad(view))
            outbox.Add(new Effect.RefuseProposal(view, ProposalRefusal.Equivocation));
    }
}
