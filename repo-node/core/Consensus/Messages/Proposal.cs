using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>
/// A leader's block for its view: <c>header ‖ body ‖ justification ‖ leader's NOTARIZE vote</c> (docs/protocol.md §11).
/// The vote is the leader's signature; the reader has checked that it is for this block, not that it verifies.
/// </summary>
public sealed record Proposal(Block Block, Justification Justification, Vote LeaderVote)
{
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Proposal? proposal) =>
        WireReading.TryWhole(bytes, TryRead, out proposal);

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out Proposal? proposal)
    {
        proposal = null;
        if (!Block.TryRead(ref reader, out var block) || block.Header.ParentView >= block.Header.View) return false;
        if (!Justification.TryRead(ref reader, block.Header, out var justification)) return false;
        if (!Vote.TryRead(ref reader, out var vote)) return false;

        bool vouches = vote.Kind == VoteKind.Notarize && vote.View == block.Header.View
            && vote.Block == block.Hash && vote.Signer == block.Header.Leader;
        proposal = vouches ? new Proposal(block, justification, vote) : null;
        return vouches;
    }

    internal void WriteTo(ByteWriter writer)
    {
        Block.WriteTo(writer);
        Justification.WriteTo(writer);
        LeaderVote.WriteTo(writer);
    }
}
