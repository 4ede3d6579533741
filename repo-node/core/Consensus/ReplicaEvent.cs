using System.Collections.Immutable;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>What can happen to a replica.</summary>
public abstract record ReplicaEvent
{
    private ReplicaEvent()
    {
    }

    /// <summary>The first event after making or restoring a replica.</summary>
    public sealed record Started : ReplicaEvent;

    /// <summary>The peers have confirmed the journal of a replica that was restored silent: it may vote.</summary>
    public sealed record BootChecked : ReplicaEvent;

    /// <summary>A message of the peer at the other end of an authenticated connection.</summary>
    public sealed record Received(byte From, PeerMessage Message) : ReplicaEvent;

    /// <summary>A connection to a peer stands (again): messages may have been lost.</summary>
    public sealed record PeerConnected(byte Peer) : ReplicaEvent;

    /// <summary>A client's submission; the replica answers with <see cref="Effect.Answer"/>.</summary>
    public sealed record Submitted(Envelope Envelope) : ReplicaEvent;

    /// <summary>
    /// The host has read these artifacts back from its own disk, with the size and both digests as stated.
    /// </summary>
    public sealed record ArtifactsHeld(ImmutableArray<Artifact> Artifacts) : ReplicaEvent;

    /// <summary>
    /// The host holds the bytes of these artifacts' SHA-256, and they have another size or fs-verity digest than stated.
    /// </summary>
    public sealed record ArtifactsRuledOut(ImmutableArray<Artifact> Artifacts) : ReplicaEvent;

    /// <summary>The time of <see cref="Effect.SetTimer"/> has come. One too many does no harm.</summary>
    public sealed record TimerFired : ReplicaEvent;
}
