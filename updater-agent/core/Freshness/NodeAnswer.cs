namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>What came from one node's own URL when everyone was asked: its answer to the nonce, and the checkpoint it serves.</summary>
/// <param name="Node">Its number in the trust root's order.</param>
/// <param name="Nonce">The answer to the nonce (docs/protocol.md §10).</param>
/// <param name="Checkpoint">A signed note, its own or relayed.</param>
public sealed record NodeAnswer(int Node, Heard Nonce, Heard Checkpoint)
{
    /// <summary>Nothing came at all.</summary>
    public static NodeAnswer Silence(int node, NodeFault fault) => new(node, new Heard.Silence(fault), new Heard.Silence(fault));
}

/// <summary>The answer to one question: bytes that nobody has looked at, or why there are none.</summary>
public abstract record Heard
{
    private Heard()
    {
    }

    public sealed record Bytes(ReadOnlyMemory<byte> Content) : Heard;

    public sealed record Silence(NodeFault Fault) : Heard;
}
