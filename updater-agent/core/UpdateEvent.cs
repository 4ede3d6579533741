using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Core;

/// <summary>What the world answered to an effect. Nothing in it is trusted.</summary>
public abstract record UpdateEvent
{
    private UpdateEvent()
    {
    }

    /// <summary>To <see cref="UpdateEffect.AskCheckpoint"/>.</summary>
    public sealed record CheckpointCame(ReadOnlyMemory<byte> Note) : UpdateEvent;

    /// <summary>To <see cref="UpdateEffect.AskLatest"/>.</summary>
    public sealed record LatestCame(ReadOnlyMemory<byte> Bundle) : UpdateEvent;

    /// <summary>To <see cref="UpdateEffect.AskRoot"/>.</summary>
    public sealed record RootCame(ReadOnlyMemory<byte> File) : UpdateEvent;

    /// <summary>To <see cref="UpdateEffect.AskConsistency"/>.</summary>
    /// <param name="Root">That the tiles have at the smaller size.</param>
    /// <param name="Proof">From there to the larger size.</param>
    public sealed record ConsistencyCame(Digest Root, ConsistencyProof Proof) : UpdateEvent;

    /// <summary>To any question that went to one node.</summary>
    public sealed record NodeFailed(NodeFault Fault) : UpdateEvent;

    /// <summary>To <see cref="UpdateEffect.AskEveryone"/>: one answer for each node.</summary>
    /// <param name="Nonce">That everyone was asked.</param>
    /// <param name="Answers">One for each node.</param>
    public sealed record EveryoneAnswered(Nonce Nonce, IReadOnlyList<NodeAnswer> Answers) : UpdateEvent;

    /// <summary>To <see cref="UpdateEffect.Download"/>.</summary>
    public sealed record DownloadEnded(bool IsWhole) : UpdateEvent;
}
