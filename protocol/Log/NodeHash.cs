namespace SupplyChain.Protocol.Log;

/// <summary>Inner nodes of the log's tree: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1).</summary>
public static class NodeHash
{
    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.Of([]);

    public static Digest Of(Digest left, Digest right)
    {
        Span<byte> preimage = stackalloc byte[1 + 2 * Digest.Size];
        preimage[0] = 0x01;
        left.CopyTo(preimage[1..]);
        right.CopyTo(preimage[(1 + Digest.Size)..]);
        return Digest.Of(preimage);
    }
}
