using System.Buffers.Binary;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// One record of the signing journal as it lies in the file (docs/protocol.md §11): <c>u32 length ‖ u32 CRC-32C ‖ u8
/// type ‖ body</c>; length and CRC are over type and body. Length 0 is what a preallocated file holds, so no record has
/// it.
/// </summary>
internal readonly record struct JournalFrame(byte Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes before the type.</summary>
    public const int PrefixSize = 8;

    /// <summary>Bytes of type and body; the largest body is a full block.</summary>
    public const int MaxLength = 8 << 20;

    private const byte FirstType = 1;
    private const byte LastType = 4;

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
        if (type is < FirstType or > LastType) return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[4..]) != Crc32C.Of(content.Span)) return false;

        frame = new JournalFrame(type, content[1..]);
        return true;
    }
}
