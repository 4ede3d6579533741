using System.Buffers.Binary;
using System.Security.Cryptography;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;

namespace SupplyChain.ThresholdSig.Tests.Bls;

public sealed class SignatureTests
{
    // The public key of drand's quicknet, and its signature of round 1000.
    private static readonly PublicKey Quicknet = ReadKey(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        + "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a");

    private static readonly Signature Round1000 = ReadSignature(
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39");

    [Fact]
    public void A_signature_of_the_drand_network_verifies()
    {
        Assert.True(Quicknet.Verify(RoundMessage(1000), Round1000, Ciphersuite.Basic));
        Assert.Equal("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", Ciphersuite.Basic.Name);
    }

    [Fact]
    public void It_verifies_for_no_other_round_and_in_no_other_suite()
    {
        Assert.False(Quicknet.Verify(RoundMessage(1001), Round1000, Ciphersuite.Basic));
        Assert.False(Quicknet.Verify(RoundMessage(1000), Round1000));
        var shortened = Ciphersuite.ForDst(Ciphersuite.Basic.Name[..^1]);
        Assert.False(Quicknet.Verify(RoundMessage(1000), Round1000, shortened));
    }

    [Fact]
    public void A_signature_verifies_with_its_key_and_message_only() => ForAll.Seeds(5, random =>
    {
        (PublicKey key, Func<byte[], Signature> sign) = Draw.KeyPair(random);
        (PublicKey otherKey, Func<byte[], Signature> signOther) = Draw.KeyPair(random);
        byte[] message = Draw.Bytes(random, random.Next(200));
        byte[] otherMessage = [.. message, 0];
        Signature signature = sign(message);
        Assert.True(key.Verify(message, signature));
        Assert.False(key.Verify(otherMessage, signature));
        Assert.False(otherKey.Verify(message, signature));
        Assert.False(key.Verify(message, signOther(message)));
        Assert.False(key.Verify(message, new Signature(-signature.Point)));
    });

    [Fact]
    public void A_signature_and_a_key_are_read_back_equal() => ForAll.Seeds(5, random =>
    {
        (PublicKey key, Func<byte[], Signature> sign) = Draw.KeyPair(random);
        Signature signature = sign([1]);
        Assert.True(PublicKey.TryRead(key.ToBytes(), out PublicKey? keyAgain));
        Assert.True(Signature.TryRead(signature.ToBytes(), out Signature? signatureAgain));
        Assert.Equal(key, keyAgain);
        Assert.Equal(key.GetHashCode(), keyAgain.GetHashCode());
        Assert.Equal(signature, signatureAgain);
        Assert.Equal(signature.GetHashCode(), signatureAgain.GetHashCode());
        Assert.NotEqual(signature, sign([2]));
        Assert.NotEqual(key, Quicknet);
        Assert.True(keyAgain.Verify([1], signatureAgain));
    });

    [Fact]
    public void Changing_one_bit_gives_no_signature_that_verifies()
    {
        byte[] bytes = Round1000.ToBytes();
        for (int bit = 0; bit < 8 * bytes.Length; bit += 7)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Signature.TryRead(changed, out Signature? signature))
                Assert.False(Quicknet.Verify(RoundMessage(1000), signature, Ciphersuite.Basic));
        }
    }

    [Fact]
    public void The_identity_is_neither_a_key_nor_a_signature()
    {
        Assert.False(PublicKey.TryRead([0xc0, .. new byte[95]], out PublicKey? key));
        Assert.False(Signature.TryRead([0xc0, .. new byte[47]], out Signature? signature));
        Assert.Null(key);
        Assert.Null(signature);
    }

    [Fact]
    public void A_computed_identity_key_verifies_nothing()
    {
        var identity = new PublicKey(Point<ThresholdSig.Field.Fp2>.Identity);
        Assert.False(identity.Verify([1], Round1000));
        Assert.False(PublicKey.TryRead(identity.ToBytes(), out _));
    }

    [Fact]
    public void A_tag_is_printable_and_not_empty()
    {
        Assert.ThrowsAny<ArgumentException>(() => Ciphersuite.ForDst(""));
        Assert.ThrowsAny<ArgumentException>(() => Ciphersuite.ForDst(new string('a', 256)));
        Assert.ThrowsAny<ArgumentException>(() => Ciphersuite.ForDst("tab\t"));
        Assert.Equal(Ciphersuite.Basic, Ciphersuite.ForDst(Ciphersuite.Basic.Name));
        Assert.NotEqual(Ciphersuite.Basic, Ciphersuite.Default);
    }

    private static byte[] RoundMessage(ulong round)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, round);
        return SHA256.HashData(bytes);
    }

    private static PublicKey ReadKey(string hex) =>
        PublicKey.TryRead(Convert.FromHexString(hex), out PublicKey? key) ? key : throw new FormatException(hex);

    private static Signature ReadSignature(string hex) =>
        Signature.TryRead(Convert.FromHexString(hex), out Signature? signature)
            ? signature
            : throw new FormatException(hex);
}
