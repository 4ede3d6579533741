using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// What the host is to do, in order. It writes everything to be persisted, syncs once, and only then does the rest;
/// when a sync fails the process stops.
/// </summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Append to the signing journal, before any later effect is seen outside.</summary>
    public sealed record Persist(JournalRecord Record) : Effect;

    public sealed record Send(byte To, PeerMessage Message) : Effect;

    /// <summary>Send to every other node.</summary>
    public sealed record Broadcast(PeerMessage Message) : Effect;

    /// <summary>Replaces the one timer, by the steady clock; null cancels it.</summary>
    public sealed record SetTimer(DateTimeOffset? At) : Effect;

    /// <summary>
    /// The next block of the final chain, in order and without gaps. To be stored, with its finalisation when there is
    /// one, before anybody is told.
    /// </summary>
    public sealed record Deliver(FinalBlock Block) : Effect;

    /// <summary>
    /// Get these artifacts, check them, read them back and answer with <see cref="ReplicaEvent.ArtifactsHeld"/>; at
    /// once for those already held. Asked for once: the host keeps trying, unless it finds that no bytes can be what is
    /// stated (<see cref="ReplicaEvent.ArtifactsRuledOut"/>).
    /// </summary>
    public sealed record NeedArtifacts(ImmutableArray<Artifact> Artifacts) : Effect;

    /// <summary>
    /// Send the peer stored final blocks after this height, oldest first, up to <see cref="Bounds.ChainPage"/> blocks
    /// or the block that passes <see cref="Bounds.ChainPageBytes"/>, but at least up to the first with a finalisation;
    /// then the newest finalisation among them.
    /// </summary>
    public sealed record SendChain(byte To, ulong AfterHeight) : Effect;

    /// <summary>
    /// A submission waits to be ordered from now on, a client's or one that a peer brought: to be stored, in this order,
    /// before anybody is told. After a restart all are handed in again: later ones may rest on earlier ones.
    /// </summary>
    public sealed record Keep(Envelope Submission) : Effect;

    /// <summary>What became of a client's submission.</summary>
    public sealed record Answer(Digest Id, SubmissionAnswer Outcome) : Effect;

    /// <summary>A pending submission will never be ordered: what was ordered before it rules it out.</summary>
    public sealed record Drop(Digest Id, LedgerRefusal Refusal) : Effect;

    /// <summary>The leader's block breaks a rule for ever; for the operator's log.</summary>
    public sealed record RefuseProposal(View View, ProposalRefusal Refusal) : Effect;

    /// <summary>Two votes of one node that an honest one never signs both: a portable proof.</summary>
    public sealed record Convict(Equivocation Evidence) : Effect;

    /// <summary>The peer sent what no honest node sends; the host may close the connection for a while.</summary>
    public sealed record Distrust(byte Peer, string Reason) : Effect;

    /// <summary>
    /// Two certificates contradict each other: more than f nodes lied. The replica does nothing any more; stop the
    /// process.
    /// </summary>
    public sealed record Halt(Certificate First, Certificate Second) : Effect;
}
