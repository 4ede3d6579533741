namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>What came from one node's own URL when everyone was asked for the checkpoint.</summary>
public abstract record NodeAnswer
{
    private NodeAnswer(int node) => Node = node;

    /// <summary>Its number in the trust root's order.</summary>
    public int Node { get; }

    public sealed record Note(int From, ReadOnlyMemory<byte> Bytes) : NodeAnswer(From);

    public sealed record Silence(int From, NodeFault Fault) : NodeAnswer(From);
}
