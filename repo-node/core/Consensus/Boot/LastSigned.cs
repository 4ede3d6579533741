using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Boot;

/// <summary>
/// The newest that a peer has seen signed with the asking node's keys: <c>u64 question ‖ u8 has ‖ vote ‖ u8 has ‖
/// cosignature</c>, each left out where <c>has</c> is 0 (docs/protocol.md §11). What it holds was signed by the asking
/// node itself, so a peer can keep silent about it, but not make it up. Not yet verified.
/// </summary>
/// <param name="Question">The number in the question: an answer to an earlier life's question does not count.</param>
/// <param name="Vote">The highest by view, then by kind.</param>
/// <param name="Cosignature">The newest by size, then by time.</param>
public sealed record LastSigned(ulong Question, Vote? Vote, CosignatureGossip? Cosignature)
{
    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out LastSigned? signed)
    {
        signed = null;
        return reader.TryU64(out ulong question) && TryReadSigned(ref reader, question, out signed);
    }

    /// <summary>What follows the question.</summary>
    internal static bool TryReadSigned(ref ByteReader reader, ulong question, [NotNullWhen(true)] out LastSigned? signed)
    {
        signed = null;
        Vote? vote = null;
        CosignatureGossip? cosignature = null;
        if (!TryHas(ref reader, out bool voted) || (voted && !Vote.TryRead(ref reader, out vote))) return false;
        if (!TryHas(ref reader, out bool cosigned)) return false;
        if (cosigned && !CosignatureGossip.TryRead(ref reader, out cosignature)) return false;

        signed = new LastSigned(question, vote, cosignature);
        return true;
    }

    internal void WriteTo(ByteWriter writer) => WriteSignedTo(writer.U64(Question));

    internal void WriteSignedTo(ByteWriter writer)
    {
        writer.U8(Vote is null ? (byte)0 : (byte)1);
        Vote?.WriteTo(writer);
        writer.U8(Cosignature is null ? (byte)0 : (byte)1);
        Cosignature?.WriteTo(writer);
    }

    private static bool TryHas(ref ByteReader reader, out bool has)
    {
        bool read = reader.TryU8(out byte flag) && flag <= 1;
        has = read && flag == 1;
        return read;
    }
}
