using System.Numerics;
using System.Security.Cryptography;
using SupplyChain.Protocol.Keys;

namespace SupplyChain.Protocol.Tests.Keys;

public sealed class Ed25519Tests
{
    private static readonly BigInteger GroupOrder =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);

    // RFC 8032 §7.1, tests 1 to 3.
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Keys_and_signatures_are_those_of_RFC_8032(string seed, string publicKey, string message, string signature)
    {
        using var key = Ed25519PrivateKey.FromSeed(Convert.FromHexString(seed));
        byte[] signed = Convert.FromHexString(message);
        Assert.Equal(publicKey, key.PublicKey.ToHex());
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(signed)));
        Assert.True(key.PublicKey.Verify(signed, Convert.FromHexString(signature)));
    }

    [Fact]
    public void A_changed_bit_anywhere_is_refused()
    {
        using var key = Key(1);
        byte[] message = [.. "message"u8], signature = key.Sign(message);
        for (int bit = 0; bit < signature.Length * 8; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(key.PublicKey.Verify(message, signature));
            signature[bit / 8] ^= (byte)(1 << bit % 8);
        }

        Assert.False(key.PublicKey.Verify("massage"u8, signature));
        Assert.False(Key(2).PublicKey.Verify(message, signature));
        Assert.False(key.PublicKey.Verify(message, signature.AsSpan(0, 63)));
        Assert.False(key.PublicKey.Verify(message, [.. signature, 0]));
        Assert.False(key.PublicKey.Verify(message, []));
    }

    [Fact]
    public void A_second_S_for_the_same_signature_is_refused()
    {
        using var key = Key(1);
        byte[] signature = key.Sign("message"u8);
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + GroupOrder;
        byte[] malleated = [.. signature.AsSpan(0, 32), .. LittleEndian(s)];
        Assert.False(key.PublicKey.Verify("message"u8, malleated));
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", true, "the identity, canonical")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false, "the identity with y = p + 1")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080", false, "the identity with a sign")]
    public void An_R_that_is_not_canonical_is_refused(string r, bool accepted, string what)
    {
        // Whoever knows the key can sign with R = identity: S = k·a. Only the encoding of R decides then.
        byte[] seed = new byte[32], encodedR = Convert.FromHexString(r);
        using var key = Ed25519PrivateKey.FromSeed(seed);
        byte[] secret = SHA512.HashData(seed)[..32];
        secret[0] &= 248;
        secret[31] = (byte)(secret[31] & 127 | 64);
        var k = new BigInteger(SHA512.HashData([.. encodedR, .. key.PublicKey.Bytes, .. "message"u8]), isUnsigned: true);
        var s = k * new BigInteger(secret, isUnsigned: true) % GroupOrder;
        Assert.True(accepted == key.PublicKey.Verify("message"u8, [.. encodedR, .. LittleEndian(s)]), what);
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "order 1")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "order 2")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "order 4")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080", "order 4")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "order 8")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "order 8")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "order 8")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "order 8")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080", "order 1, a sign on x = 0")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y = p")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y = p + 1")]
    [InlineData("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y = p + 3")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "y = 2^255 - 1")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", "not on the curve")]
    [InlineData("9999999999999999999999999999999999999999999999999999999999999999", "the base point plus one of order 2")]
    [InlineData("9999999999999999999999999999999999999999999999999999999999999919", "its negative plus one of order 2")]
    public void A_point_that_is_no_proper_key_is_refused(string hex, string why) =>
        Assert.False(Ed25519PublicKey.TryRead(Convert.FromHexString(hex), out _), why);

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Only_32_bytes_are_a_key(int length)
    {
        Assert.False(Ed25519PublicKey.TryRead(new byte[length], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ed25519PrivateKey.FromSeed(new byte[length]));
    }

    [Fact]
    public void Public_keys_are_values()
    {
        using var key = Key(1);
        Assert.True(Ed25519PublicKey.TryRead(key.PublicKey.Bytes, out var same));
        Assert.Equal(key.PublicKey, same);
        Assert.Equal(key.PublicKey.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(key.PublicKey, Key(2).PublicKey);
        Assert.Equal(Digest.Of(key.PublicKey.Bytes), same.KeyId);
    }

    [Fact]
    public void A_disposed_key_signs_nothing_and_no_key_shows_its_seed()
    {
        var key = Key(7);
        Assert.DoesNotContain("07", key.ToString(), StringComparison.Ordinal);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign("message"u8));
    }

    private static Ed25519PrivateKey Key(byte fill) => Ed25519PrivateKey.FromSeed([.. Enumerable.Repeat(fill, 32)]);

    private static byte[] LittleEndian(BigInteger value)
    {
        byte[] bytes = new byte[32];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }
}
