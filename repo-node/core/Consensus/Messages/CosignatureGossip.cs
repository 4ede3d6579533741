using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>
/// One node's attestation on its way to the others: <c>u64 size ‖ root ‖ u8 node ‖ u64 time ‖ signature</c>
/// (docs/protocol.md §11). Time is Unix seconds. Not yet verified.
/// </summary>
public sealed record CosignatureGossip(ulong Size, Digest Root, byte Node, long Time, VoteSignature Signature)
{
    /// <summary>By size, then by time; anything is newer than nothing.</summary>
    public bool IsNewerThan(CosignatureGossip? other) =>
        other is null || (Size, Time).CompareTo((other.Size, other.Time)) > 0;

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out CosignatureGossip? cosignature)
    {
        cosignature = null;
        if (!reader.TryCounter(out ulong size) || !reader.TryDigest(out var root)) return false;
        if (!reader.TryU8(out byte node) || !reader.TryCounter(out ulong time)) return false;
        if (!VoteSignature.TryRead(ref reader, out var signature)) return false;

        cosignature = new CosignatureGossip(size, root, node, (long)time, signature);
        return true;
    }

    internal void WriteTo(ByteWriter writer) =>
        writer.U64(Size).Digest(Root).U8(Node).U64((ulong)Time).Bytes(Signature.AsSpan());
}
