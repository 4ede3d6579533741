using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// What a node must remember across a crash so that it never contradicts itself; the frames of the signing journal
/// (docs/protocol.md §11).
/// </summary>
public abstract record JournalRecord
{
    private JournalRecord(byte type)
    {
        Type = type;
    }

    public byte Type { get; }

    /// <summary>An own vote, on disk before any peer sees it.</summary>
    public sealed record OwnVote(Vote Vote) : JournalRecord(1);

    /// <summary>A certificate, on disk before any vote it caused.</summary>
    public sealed record Learned(Certificate Certificate) : JournalRecord(2);

    /// <summary>
    /// A block, on disk before the NOTARIZE for it: then f + 1 honest nodes hold every notarised block.
    /// </summary>
    public sealed record VotedBlock(Block Block) : JournalRecord(3);

    /// <summary>A checkpoint, on disk before the cosignature on it leaves. Time is Unix seconds.</summary>
    public sealed record CosignedCheckpoint(ulong Size, Digest Root, long Time) : JournalRecord(4);

    public static bool TryRead(byte type, ReadOnlySpan<byte> body, [NotNullWhen(true)] out JournalRecord? record)
    {
        record = type switch
        {
            1 => Vote.TryRead(body, out var vote) ? new OwnVote(vote) : null,
            2 => Certificate.TryRead(body, out var certificate) ? new Learned(certificate) : null,
            3 => Block.TryRead(body, out var block) ? new VotedBlock(block) : null,
            4 => TryReadCheckpoint(body),
            _ => null,
        };
        return record is not null;
    }

    public byte[] ToBody() => this switch
    {
        OwnVote(var vote) => vote.ToBytes(),
        Learned(var certificate) => certificate.ToBytes(),
        VotedBlock(var block) => block.ToBytes(),
        CosignedCheckpoint(var size, var root, var time) =>
            new ByteWriter().U64(size).Digest(root).U64((ulong)time).ToArray(),
        _ => throw new InvalidOperationException($"No such record: {GetType().Name}."),
    };

    private static CosignedCheckpoint? TryReadCheckpoint(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        return reader.TryCounter(out ulong size) && reader.TryDigest(out var root) && reader.TryCounter(out ulong time)
            && reader.AtEnd ? new CosignedCheckpoint(size, root, (long)time) : null;
    }
}
