using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;

namespace SupplyChain.Protocol.Verification;

/// <summary>
/// The proof bundle of docs/protocol.md §8: all that deciding about one channel needs, in one answer.
/// <code>
/// "supplychain/update/v1\n"
/// u32 length ‖ certified checkpoint
/// u64 from ‖ consistency proof
/// u32 length ‖ state entry ‖ inclusion proof
/// u64 N ‖ row root N, row root N+1, row channel       ends here when the channel is absent
/// row release
/// u64 index ‖ u32 length ‖ promotion entry ‖ inclusion proof
/// u64 index ‖ u32 length ‖ release entry ‖ inclusion proof
/// </code>
/// A value of this type has this form and nothing more; <see cref="UpdateVerifier"/> decides what it proves.
/// </summary>
public sealed record UpdateProof
{
    private static ReadOnlySpan<byte> Magic => "supplychain/update/v1\n"u8;

    /// <summary>The checkpoint as a signed note.</summary>
    public required ReadOnlyMemory<byte> Note { get; init; }

    /// <summary>That the checkpoint extends the one asked from; null when nobody asked.</summary>
    public ConsistencyProof? Consistency { get; init; }

    /// <summary>The last leaf.</summary>
    public required IncludedEntry State { get; init; }

    /// <summary>The newest root's version, N.</summary>
    public required ulong RootVersion { get; init; }

    /// <summary>Row <c>root</c> N.</summary>
    public required ProvenRow Root { get; init; }

    /// <summary>That there is no row <c>root</c> N+1.</summary>
    public required ProvenRow NextRoot { get; init; }

    /// <summary>The row of the product's channel.</summary>
    public required ProvenRow Channel { get; init; }

    /// <summary>What the channel offers; null exactly when <see cref="Channel"/> is absent.</summary>
    public PromotedRelease? Promoted { get; init; }

    /// <exception cref="InvalidOperationException">The channel is present and what it offers is not, or the other way round.</exception>
    public byte[] ToBytes()
    {
        if (Channel.Value is null != Promoted is null)
            throw new InvalidOperationException("A bundle has a promoted release exactly when the channel has one.");

        var writer = new ByteWriter().Bytes(Magic).Bytes32(Note.Span);
        WriteConsistency(writer);
        State.WriteTo(writer);
        writer.U64(RootVersion);
        Root.WriteTo(writer);
        NextRoot.WriteTo(writer);
        Channel.WriteTo(writer);
        Promoted?.WriteTo(writer);
        return writer.ToArray();
    }

    /// <summary>False is the rejection <c>proof-malformed</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out UpdateProof? proof)
    {
        proof = null;
        if (bytes.Length > Limits.MaxBundleSize) return false;

        var reader = new ByteReader(bytes);
        if (!reader.TryConstant(Magic)) return false;
        if (!AttestedState.TryReadNote(ref reader, out var note, out var checkpoint)) return false;
        if (!TryReadConsistency(ref reader, checkpoint.Size, out var consistency)) return false;
        if (!AttestedState.TryReadState(ref reader, checkpoint, out var state)) return false;
        if (!reader.TryU64(out ulong rootVersion) || rootVersion is 0 or > Limits.MaxJsonNumber) return false;
        if (!ProvenRow.TryRead(ref reader, out var root)) return false;
        if (!ProvenRow.TryRead(ref reader, out var nextRoot)) return false;
        if (!ProvenRow.TryRead(ref reader, out var channel)) return false;

        PromotedRelease? promoted = null;
        if (channel.Value is not null && !PromotedRelease.TryRead(ref reader, checkpoint.Size, out promoted)) return false;
        if (!reader.AtEnd) return false;

        proof = new UpdateProof
        {
            Note = note,
            Consistency = consistency,
            State = state,
            RootVersion = rootVersion,
            Root = root,
            NextRoot = nextRoot,
            Channel = channel,
            Promoted = promoted,
        };
        return true;
    }

    private void WriteConsistency(ByteWriter writer)
    {
        writer.U64(Consistency?.OldSize.Value ?? 0);
        if (Consistency is null) writer.U8(0);
        else Consistency.WriteTo(writer);
    }

    private static bool TryReadConsistency(ref ByteReader reader, TreeSize size, out ConsistencyProof? proof)
    {
        proof = null;
        if (!reader.TryU64(out ulong from)) return false;
        if (from == 0) return reader.TryU8(out byte count) && count == 0;

        return TreeSize.TryCreate(from, out var old) && ConsistencyProof.TryRead(ref reader, old, size, out proof);
    }
}

/// <summary>The rest of the bundle, when the channel has a promotion.</summary>
/// <param name="Row">The row of the promoted release; present.</param>
/// <param name="Promotion">The promotion's entry.</param>
/// <param name="Release">The release's entry.</param>
public sealed record PromotedRelease(ProvenRow Row, IncludedEntry Promotion, IncludedEntry Release)
{
    internal void WriteTo(ByteWriter writer)
    {
        Row.WriteTo(writer);
        Promotion.WriteWithIndexTo(writer);
        Release.WriteWithIndexTo(writer);
    }

    internal static bool TryRead(ref ByteReader reader, TreeSize size, [NotNullWhen(true)] out PromotedRelease? promoted)
    {
        promoted = null;
        if (!ProvenRow.TryRead(ref reader, out var row) || row.Value is null) return false;
        if (!IncludedEntry.TryReadWithIndex(ref reader, size, out var promotion)) return false;
        if (!IncludedEntry.TryReadWithIndex(ref reader, size, out var release)) return false;

        promoted = new PromotedRelease(row, promotion, release);
        return true;
    }
}
