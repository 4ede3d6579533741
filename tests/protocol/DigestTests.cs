namespace SupplyChain.Protocol.Tests;

public sealed class DigestTests
{
    private const string OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void A_digest_is_SHA_256() => Assert.Equal(OfAbc, Digest.Of("abc"u8).ToHex());

    [Fact]
    public void What_is_parsed_is_written_again()
    {
        Assert.True(Digest.TryParseHex(OfAbc, out var digest));
        Assert.Equal(Digest.Of("abc"u8), digest);
        Assert.True(Digest.TryRead(digest.AsSpan(), out var again));
        Assert.Equal(digest, again);
        Assert.Equal(digest.GetHashCode(), again.GetHashCode());
    }

    [Fact]
    public void Only_64_lower_case_digits_are_a_digest()
    {
        Assert.False(Digest.TryParseHex(OfAbc.ToUpperInvariant(), out _));
        Assert.False(Digest.TryParseHex(OfAbc.AsSpan(0, 63), out _));
        Assert.False(Digest.TryParseHex(OfAbc + "00", out _));
        Assert.False(Digest.TryParseHex(OfAbc[..^1] + "g", out _));
        Assert.False(Digest.TryParseHex("", out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(31)]
    [InlineData(33)]
    public void Only_32_bytes_are_a_digest(int length) => Assert.False(Digest.TryRead(new byte[length], out _));

    [Fact]
    public void Digests_are_ordered_as_bytes()
    {
        byte[] low = new byte[32], high = new byte[32];
        low[31] = 0xff;
        high[0] = 1;
        Assert.True(new Digest(low) < new Digest(high));
        Assert.True(new Digest(high) > new Digest(low));
        Assert.NotEqual(new Digest(low), new Digest(high));
        Assert.True(default == new Digest(new byte[32]));
    }
}
