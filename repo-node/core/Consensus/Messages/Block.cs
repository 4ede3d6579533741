using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>
/// A header with the body it names: <c>header ‖ u16 count ‖ (u16 length ‖ entry)…</c> (docs/protocol.md §11). Whoever
/// holds a value of this type knows that the body is within its bounds and that its root is the header's.
/// </summary>
public sealed class Block
{
    private Block(Header header, ImmutableArray<ReadOnlyMemory<byte>> entries)
    {
        Header = header;
        Entries = entries;
    }

    public Header Header { get; }

    /// <summary>The submissions' envelopes, in the order they are appended; the ledger adds the state leaf.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Entries { get; }

    public Digest Hash => Header.Hash;

    /// <summary>RFC 6962 root over the entries.</summary>
    public static Digest RootOf(IEnumerable<ReadOnlyMemory<byte>> entries) =>
        entries.Aggregate(Frontier.Empty, (frontier, entry) => frontier.Append(LeafHash.Of(entry.Span))).Root;

    /// <summary>Joins a header and a body, if they belong together and the body is within its bounds.</summary>
    public static bool TryCreate(
        Header header, ImmutableArray<ReadOnlyMemory<byte>> entries, [NotNullWhen(true)] out Block? block)
    {
        bool fits = entries.Length <= Bounds.MaxBlockEntries
            && entries.Sum(entry => entry.Length) <= Bounds.MaxBlockBytes
            && entries.All(entry => entry.Length <= Limits.MaxEntrySize);
        block = fits && RootOf(entries) == header.EntriesRoot ? new Block(header, entries) : null;
        return block is not null;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Block? block) =>
        WireReading.TryWhole(bytes, TryRead, out block);

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out Block? block)
    {
        block = null;
        if (!Header.TryRead(ref reader, out var header)) return false;
        if (!reader.TryU16(out ushort count) || count > Bounds.MaxBlockEntries) return false;

        var entries = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(count);
        int room = Bounds.MaxBlockBytes;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryBytes16(Math.Min(room, Limits.MaxEntrySize), out var entry)) return false;

            entries.Add(entry.ToArray());
            room -= entry.Length;
        }

        return TryCreate(header, entries.MoveToImmutable(), out block);
    }

    internal void WriteTo(ByteWriter writer)
    {
        Header.WriteTo(writer);
        writer.U16((ushort)Entries.Length);
        foreach (var entry in Entries) writer.Bytes16(entry.Span);
    }
}
