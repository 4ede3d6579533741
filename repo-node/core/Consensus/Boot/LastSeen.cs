using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Boot;

/// <summary>
/// The newest vote and cosignature of each node that this one has seen, for their boot checks (docs/protocol.md §11). In
/// a file: <c>u8 count ‖ count × (u8 node ‖ u8 has ‖ vote ‖ u8 has ‖ cosignature)</c>, nodes strictly rising, each left
/// out where <c>has</c> is 0. Each was signed by its node, so that a file that is old or damaged can hide something, and
/// make nothing up.
/// </summary>
public sealed class LastSeen
{
    private readonly SortedDictionary<byte, LastSigned> _seen = [];

    /// <summary>Takes what was seen and verified of a node.</summary>
    /// <returns>True when it is newer than what is known.</returns>
    public bool Note(byte node, Vote? vote, CosignatureGossip? cosignature)
    {
        var known = About(node, question: 0);
        bool isVoteNews = vote is not null && vote.IsNewerThan(known.Vote);
        bool isCosignatureNews = cosignature is not null && cosignature.IsNewerThan(known.Cosignature);
        if (!isVoteNews && !isCosignatureNews) return false;

        _seen[node] = new LastSigned(
            0, isVoteNews ? vote : known.Vote, isCosignatureNews ? cosignature : known.Cosignature);
        return true;
    }

    /// <summary>The answer to a node's boot question.</summary>
    public LastSigned About(byte node, ulong question) =>
        _seen.TryGetValue(node, out var known) ? known with { Question = question } : new LastSigned(question, null, null);

    /// <summary>The same without what its node did not sign: an answer with that would be taken for a lie.</summary>
    public LastSeen Verified(TrustRoot root)
    {
        var committee = new Committee(root);
        var verified = new LastSeen();
        foreach (var (node, seen) in _seen)
        {
            var vote = seen.Vote is { } cast && committee.Verifies(cast) ? cast : null;
            var cosignature = seen.Cosignature is { } given && Cosignatures.Verifies(root, given) ? given : null;
            verified.Note(node, vote, cosignature);
        }

        return verified;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LastSeen? seen)
    {
        seen = null;
        var read = new LastSeen();
        var reader = new ByteReader(bytes);
        if (!reader.TryU8(out byte count)) return false;

        for (int i = 0, last = -1; i < count; i++)
        {
            if (!reader.TryU8(out byte node) || node <= last) return false;
            if (!LastSigned.TryReadSigned(ref reader, 0, out var signed) || !IsOf(node, signed)) return false;

            read._seen.Add(node, signed);
            last = node;
        }

        if (!reader.AtEnd) return false;

        seen = read;
        return true;
    }

    public byte[] ToBytes()
    {
        var writer = new ByteWriter().U8((byte)_seen.Count);
        foreach (var (node, signed) in _seen)
        {
            writer.U8(node);
            signed.WriteSignedTo(writer);
        }

        return writer.ToArray();
    }

    private static bool IsOf(byte node, LastSigned signed) =>
        (signed.Vote is not null || signed.Cosignature is not null)
        && (signed.Vote is null || signed.Vote.Signer == node)
        && (signed.Cosignature is null || signed.Cosignature.Node == node);
}
