using System.Buffers.Binary;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// One frame of the signing journal as it lies in the file (docs/protocol.md §11): <c>u32 length ‖ u32 CRC-32C ‖ u8
/// type ‖ body</c>; length and CRC are over type and body. Length 0 is what a preallocated file holds, so no frame has
/// it. Records that are synced together are one frame, a <see cref="Batch"/>: they are there together, or torn together.
/// </summary>
internal readonly record struct JournalFrame(byte Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes before the type.</summary>
    public const int PrefixSize = 8;

    /// <summary>Bytes of type and body; the largest body is a full block.</summary>
    public const int MaxLength = 8 << 20;

    private const byte FirstType = 1;
    private const byte BatchType = 5;
    private const byte BeginningType = 6;

    // Of a record inside a batch: u32 length ‖ u8 type.
    private const int InnerPrefixSize = 5;

    /// <summary>The first frame of every journal: one that was wiped is known from one that is new.</summary>
    public static JournalFrame Beginning => new(BeginningType, "supplychain/journal/v1"u8.ToArray());

    public bool IsBeginning => Type == BeginningType && Body.Span.SequenceEqual(Beginning.Body.Span);

    /// <summary>Bytes that the record takes inside a batch.</summary>
    public int SizeInBatch => InnerPrefixSize + Body.Length;

    /// <summary>Two or more records in one frame: <c>(u32 length ‖ u8 type ‖ body)…</c>, length of type and body.</summary>
    public static JournalFrame Batch(IReadOnlyCollection<JournalFrame> records)
    {
        byte[] body = new byte[records.Sum(record => record.SizeInBatch)];
        var rest = body.AsSpan();
        foreach (var record in records)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)(1 + record.Body.Length));
            rest[InnerPrefixSize - 1] = record.Type;
            record.Body.Span.CopyTo(rest[InnerPrefixSize..]);
            rest = rest[record.SizeInBatch..];
        }

        return new JournalFrame(BatchType, body);
    }

    /// <summary>The records of the frame: those of a batch, else the one it is itself.</summary>
    /// <returns>False when a batch's body is none.</returns>
    public bool TryUnpack(out IReadOnlyList<JournalFrame> records)
    {
        records = [this];
        if (Type != BatchType) return true;

        var unpacked = new List<JournalFrame>();
        for (var rest = Body; !rest.IsEmpty; rest = rest[unpacked[^1].SizeInBatch..])
        {
            if (rest.Length < InnerPrefixSize) return false;

            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
            byte type = rest.Span[InnerPrefixSize - 1];
            if (length == 0 || length > rest.Length - InnerPrefixSize + 1 || type is < FirstType or >= BatchType)
                return false;

            unpacked.Add(new JournalFrame(type, rest.Slice(InnerPrefixSize, (int)length - 1)));
        }

        records = unpacked;
        return unpacked.Count > 1;
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[PrefixSize + 1 + Body.Length];
        bytes[PrefixSize] = Type;
        Body.Span.CopyTo(bytes.AsSpan(PrefixSize + 1));
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(1 + Body.Length));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Crc32C.Of(bytes.AsSpan(PrefixSize)));
        return bytes;
    }

    /// <summary>The frame's size by its prefix, all counted; false when no frame has such a prefix.</summary>
    public static bool TryReadSize(ReadOnlySpan<byte> prefix, out int size)
    {
        size = 0;
        if (prefix.Length < PrefixSize) return false;

        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length is 0 or > MaxLength) return false;

        size = PrefixSize + (int)length;
        return true;
    }

    /// <summary>Takes the frame at the start of <paramref name="bytes"/>, if a whole and sound one is there.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out JournalFrame frame)
    {
        frame = default;
        if (!TryReadSize(bytes.Span, out int size) || bytes.Length < size) return false;

        var content = bytes[PrefixSize..size];
        byte type = content.Span[0];
        if (type is < FirstType or > BeginningType) return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[4..]) != Crc32C.Of(content.Span)) return false;

        frame = new JournalFrame(type, content[1..]);
        return true;
    }
}
