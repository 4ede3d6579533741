using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace SupplyChain.Protocol.Encoding;

/// <summary>
/// Reads the binary formats of docs/protocol.md: big-endian integers and length-prefixed bytes. A failed read leaves
/// the position where it was; lengths are compared with what remains, and with the caller's bound, before anything is
/// taken.
/// </summary>
public ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public readonly bool AtEnd => Position == _bytes.Length;

    public bool TryU8(out byte value)
    {
        bool read = TryBytes(1, out var taken);
        value = read ? taken[0] : default;
        return read;
    }

    public bool TryU16(out ushort value)
    {
        bool read = TryBytes(2, out var taken);
        value = read ? BinaryPrimitives.ReadUInt16BigEndian(taken) : default;
        return read;
    }

    public bool TryU32(out uint value)
    {
        bool read = TryBytes(4, out var taken);
        value = read ? BinaryPrimitives.ReadUInt32BigEndian(taken) : default;
        return read;
    }

    public bool TryU64(out ulong value)
    {
        bool read = TryBytes(8, out var taken);
        value = read ? BinaryPrimitives.ReadUInt64BigEndian(taken) : default;
        return read;
    }

    public bool TryDigest(out Digest value)
    {
        bool read = TryBytes(Digest.Size, out var taken);
        value = read ? new Digest(taken) : default;
        return read;
    }

    /// <summary>Takes exactly <paramref name="count"/> bytes, without copying.</summary>
    public bool TryBytes(int count, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (count < 0 || count > Remaining) return false;

        taken = _bytes.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>Takes <paramref name="expected"/>, and nothing if something else is there.</summary>
    public bool TryConstant(scoped ReadOnlySpan<byte> expected)
    {
        if (!_bytes[Position..].StartsWith(expected)) return false;

        Position += expected.Length;
        return true;
    }

    /// <summary>A u8 length of at most <paramref name="maxLength"/>, then that many bytes.</summary>
    public bool TryBytes8(int maxLength, out ReadOnlySpan<byte> taken)
    {
        int start = Position;
        taken = default;
        return (TryU8(out byte length) && length <= maxLength && TryBytes(length, out taken)) || Rewind(start);
    }

    /// <summary>A u16 length of at most <paramref name="maxLength"/>, then that many bytes.</summary>
    public bool TryBytes16(int maxLength, out ReadOnlySpan<byte> taken)
    {
        int start = Position;
        taken = default;
        return (TryU16(out ushort length) && length <= maxLength && TryBytes(length, out taken)) || Rewind(start);
    }

    /// <summary>A u32 length of at most <paramref name="maxLength"/>, then that many bytes.</summary>
    public bool TryBytes32(int maxLength, out ReadOnlySpan<byte> taken)
    {
        int start = Position;
        taken = default;
        return (TryU32(out uint length) && length <= maxLength && TryBytes((int)length, out taken)) || Rewind(start);
    }

    /// <summary>A u16 length of at most <paramref name="maxLength"/> bytes, then valid UTF-8.</summary>
    public bool TryText16(int maxLength, [NotNullWhen(true)] out string? text)
    {
        int start = Position;
        text = null;
        if (!TryBytes16(maxLength, out var taken)) return false;
        if (!Utf8.IsValid(taken)) return Rewind(start);

        text = Utf8Text.FromUtf8(taken);
        return true;
    }

    private bool Rewind(int position)
    {
        Position = position;
        return false;
    }
}
