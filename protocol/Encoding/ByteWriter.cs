using System.Buffers;
using System.Buffers.Binary;

namespace SupplyChain.Protocol.Encoding;

/// <summary>Writes what <see cref="ByteReader"/> reads. Calls chain.</summary>
public sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public int Length => _buffer.WrittenCount;

    public ReadOnlySpan<byte> WrittenSpan => _buffer.WrittenSpan;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public ByteWriter U8(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    public ByteWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);
        return this;
    }

    public ByteWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
        return this;
    }

    public ByteWriter U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);
        return this;
    }

    public ByteWriter Digest(Digest value) => Bytes(value.AsSpan());

    public ByteWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    /// <exception cref="ArgumentOutOfRangeException">More than 255 bytes.</exception>
    public ByteWriter Bytes8(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, byte.MaxValue);
        return U8((byte)bytes.Length).Bytes(bytes);
    }

    /// <exception cref="ArgumentOutOfRangeException">More than 65,535 bytes.</exception>
    public ByteWriter Bytes16(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, ushort.MaxValue);
        return U16((ushort)bytes.Length).Bytes(bytes);
    }

    public ByteWriter Bytes32(ReadOnlySpan<byte> bytes) => U32((uint)bytes.Length).Bytes(bytes);

    /// <exception cref="ArgumentException">The text has no UTF-8 form (an unpaired surrogate).</exception>
    /// <exception cref="ArgumentOutOfRangeException">More than 65,535 bytes of UTF-8.</exception>
    public ByteWriter Text16(string text) => Bytes16(Utf8Text.ToUtf8(text));

    private Span<byte> Take(int count)
    {
        var span = _buffer.GetSpan(count)[..count];
        _buffer.Advance(count);
        return span;
    }
}
