using SupplyChain.Protocol.Log;
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
    public sealed record ConsistencyCame(ConsistencyProof Proof) : UpdateEvent;

    /// <summary>To any question that went to one node.</summary>
    public sealed record NodeFailed(NodeFault Fault) : UpdateEvent;

    /// <summary>To <see cref="UpdateEffect.AskEveryone"/>: one answer for each node.</summary>
    public sealed record EveryoneAnswered(IReadOnlyList<NodeAnswer> Answers) : UpdateEvent;

    /// <summary>To <see cref="UpdateEffect.Download"/>.</summary>
    public sealed record DownloadEnded(bool IsWhole) : UpdateEvent;
}
