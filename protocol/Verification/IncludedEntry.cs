using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Verification;

/// <summary>A log entry and where it stands: <c>u32 length ‖ entry ‖ proof</c>, for promotion and release after <c>u64 index</c>.</summary>
/// <param name="Entry">A canonical envelope.</param>
/// <param name="Proof">Its index, and the way to the root.</param>
public sealed record IncludedEntry(ReadOnlyMemory<byte> Entry, InclusionProof Proof)
{
    /// <summary>True when the entry stands at this index of the checkpoint's tree.</summary>
    public bool Verify(Checkpoint checkpoint, ulong index) =>
        Proof.Index == index && Proof.Size == checkpoint.Size && Proof.Verify(LeafHash.Of(Entry.Span), checkpoint.Root);

    internal void WriteTo(ByteWriter writer)
    {
        writer.Bytes32(Entry.Span);
        Proof.WriteTo(writer);
    }

    internal void WriteWithIndexTo(ByteWriter writer)
    {
        writer.U64(Proof.Index);
        WriteTo(writer);
    }

    internal static bool TryRead(ref ByteReader reader, ulong index, TreeSize size, [NotNullWhen(true)] out IncludedEntry? entry)
    {
        entry = null;
        if (!reader.TryBytes32(Limits.MaxEntrySize, out var bytes)) return false;
        if (!InclusionProof.TryRead(ref reader, index, size, out var proof)) return false;

        entry = new IncludedEntry(bytes.ToArray(), proof);
        return true;
    }

    internal static bool TryReadWithIndex(ref ByteReader reader, TreeSize size, [NotNullWhen(true)] out IncludedEntry? entry)
    {
        entry = null;
        return reader.TryU64(out ulong index) && TryRead(ref reader, index, size, out entry);
    }
}
