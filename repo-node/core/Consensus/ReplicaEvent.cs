using System.Collections.Immutable;
using SupplyChain.Protocol;
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

    /// <summary>A message of the peer at the other end of an authenticated connection.</summary>
    public sealed record Received(byte From, PeerMessage Message) : ReplicaEvent;

    /// <summary>A connection to a peer stands (again): messages may have been lost.</summary>
    public sealed record PeerConnected(byte Peer) : ReplicaEvent;

    /// <summary>A client's submission; the replica answers with <see cref="Effect.Answer"/>.</summary>
    public sealed record Submitted(Envelope Envelope) : ReplicaEvent;

    /// <summary>The host has read these artifacts back from its own disk with the right digests (SHA-256).</summary>
    public sealed record ArtifactsHeld(ImmutableArray<Digest> Artifacts) : ReplicaEvent;

    /// <summary>The time of <see cref="Effect.SetTimer"/> has come. One too many does no harm.</summary>
    public sealed record TimerFired : ReplicaEvent;
}
