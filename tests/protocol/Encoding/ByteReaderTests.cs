using SupplyChain.Protocol.Encoding;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Protocol.Tests.Encoding;

public sealed class ByteReaderTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        var reader = new ByteReader(Sample());
        Assert.True(reader.TryConstant("magic\n"u8));
        Assert.True(reader.TryU8(out byte u8) && u8 == 0x12);
        Assert.True(reader.TryU16(out ushort u16) && u16 == 0x1234);
        Assert.True(reader.TryU32(out uint u32) && u32 == 0x12345678);
        Assert.True(reader.TryU64(out ulong u64) && u64 == 0x123456789abcdef0);
        Assert.True(reader.TryDigest(out var digest) && digest == Digest.Of([]));
        Assert.True(reader.TryBytes8(3, out var bytes8) && bytes8.SequenceEqual("one"u8));
        Assert.True(reader.TryBytes16(3, out var bytes16) && bytes16.SequenceEqual("two"u8));
        Assert.True(reader.TryBytes32(5, out var bytes32) && bytes32.SequenceEqual("three"u8));
        Assert.True(reader.TryText16(10, out string? text) && text == "vierzé");
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Integers_are_big_endian() =>
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], new ByteWriter().U8(1).U16(0x0203).U32(0x04050607).ToArray());

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] bytes = Sample();
        for (int length = 0; length < bytes.Length; length++) Assert.False(ReadsWhole(bytes.AsSpan(0, length)));
        Assert.True(ReadsWhole(bytes));
    }

    [Fact]
    public void A_length_beyond_the_callers_bound_or_the_end_is_refused_and_nothing_is_taken()
    {
        var reader = new ByteReader([0, 0, 0, 5, 1, 2, 3, 4, 5]);
        Assert.False(reader.TryBytes32(4, out _));
        Assert.Equal(0, reader.Position);
        Assert.True(reader.TryBytes32(5, out _));

        reader = new ByteReader([0xff, 0xff, 0xff, 0xff, 1]);
        Assert.False(reader.TryBytes32(int.MaxValue, out _));
        Assert.False(reader.TryBytes16(ushort.MaxValue, out _));
        Assert.False(reader.TryBytes8(byte.MaxValue, out _));
        Assert.False(reader.TryBytes(-1, out _));
        Assert.Equal(5, reader.Remaining);
    }

    [Fact]
    public void Text_must_be_UTF_8()
    {
        var reader = new ByteReader([0, 1, 0xff]);
        Assert.False(reader.TryText16(1, out _));
        Assert.Equal(0, reader.Position);
        Assert.Throws<System.Text.EncoderFallbackException>(() => new ByteWriter().Text16("\ud800"));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(2000, random =>
    {
        byte[] bytes = new byte[random.Next(0, 100)];
        random.NextBytes(bytes);
        ReadsWhole(bytes);
    });

    private static byte[] Sample() => new ByteWriter()
        .Bytes("magic\n"u8).U8(0x12).U16(0x1234).U32(0x12345678).U64(0x123456789abcdef0).Digest(Digest.Of([]))
        .Bytes8("one"u8).Bytes16("two"u8).Bytes32("three"u8).Text16("vierzé").ToArray();

    private static bool ReadsWhole(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        return reader.TryConstant("magic\n"u8) && reader.TryU8(out _) && reader.TryU16(out _) && reader.TryU32(out _) &&
            reader.TryU64(out _) && reader.TryDigest(out _) && reader.TryBytes8(3, out _) &&
            reader.TryBytes16(3, out _) && reader.TryBytes32(5, out _) && reader.TryText16(10, out _) && reader.AtEnd;
    }
}
