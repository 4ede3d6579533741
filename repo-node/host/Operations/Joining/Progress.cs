using SupplyChain.Protocol.Trust;

namespace SupplyChain.RepoNode.Operations.Joining;

/// <summary>How far a node has come on its way to taking part.</summary>
/// <param name="MaySign">2f peers have confirmed its journal.</param>
/// <param name="Height">Of its newest final block.</param>
/// <param name="KnownHeight">That at least one honest peer has reached, or its own.</param>
/// <param name="ArtifactBytes">Of the artifacts it lacked, bytes that have come.</param>
/// <param name="ArtifactBytesNeeded">Bytes that it lacked in all.</param>
internal sealed record Progress(
    bool MaySign, ulong Height, ulong KnownHeight, long ArtifactBytes, long ArtifactBytesNeeded)
{
    public bool IsCatchingUp => Height < KnownHeight || ArtifactBytes < ArtifactBytesNeeded;

    /// <summary>For <c>/healthz</c> (docs/protocol.md §10).</summary>
    public string Phase => !MaySign ? "boot-check" : IsCatchingUp ? "catching-up" : "taking-part";
}

/// <summary>What peers say of their heights. Up to f of them lie, so the f + 1st highest is what is believed.</summary>
internal sealed class PeerHeights(Quorum quorum)
{
    private readonly Dictionary<byte, ulong> _heights = [];

    public void Hear(byte peer, ulong height) => _heights[peer] = height;

    /// <summary>Zero while fewer than f + 1 peers have said anything.</summary>
    public ulong Known => _heights.Values.OrderDescending().ElementAtOrDefault(quorum.Faulty);
}
