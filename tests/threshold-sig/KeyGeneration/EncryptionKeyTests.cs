using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.KeyGeneration;

namespace SupplyChain.ThresholdSig.Tests.KeyGeneration;

public sealed class EncryptionKeyTests
{
    [Fact]
    public void Two_keys_agree_on_a_secret_and_a_third_does_not() => ForAll.Seeds(5, random =>
    {
        using EncryptionKey a = Key(random), b = Key(random), c = Key(random);
        Assert.Equal(Secret(a, b.PublicKey), Secret(b, a.PublicKey));
        Assert.NotEqual(Secret(a, b.PublicKey), Secret(c, a.PublicKey));
        Assert.NotEqual(Secret(a, b.PublicKey), Secret(c, b.PublicKey));
    });

    [Fact]
    public void One_seed_gives_another_key_in_every_ceremony()
    {
        using var a = EncryptionKey.FromSeed(new byte[32], "a"u8);
        using var again = EncryptionKey.FromSeed(new byte[32], "a"u8);
        using var b = EncryptionKey.FromSeed(new byte[32], "b"u8);
        Assert.Equal(a.PublicKey, again.PublicKey);
        Assert.NotEqual(a.PublicKey, b.PublicKey);
        Assert.Throws<ArgumentOutOfRangeException>(() => EncryptionKey.FromSeed(new byte[33], []));
    }

    [Fact]
    public void A_public_key_is_read_back_equal_and_only_from_a_point_of_the_subgroup()
    {
        using EncryptionKey key = Key(new Random(1));
        Assert.True(EncryptionPublicKey.TryRead(key.PublicKey.ToBytes(), out EncryptionPublicKey? again));
        Assert.Equal(key.PublicKey, again);
        Assert.Equal(key.PublicKey.GetHashCode(), again.GetHashCode());

        // A point of small order would tell its sender something about the secret.
        var stray = new byte[EncryptionPublicKey.Size];
        PointEncoding.Write(Draw.CurvePoint(new Random(2)), stray);
        Assert.False(EncryptionPublicKey.TryRead(stray, out _));
        Assert.False(EncryptionPublicKey.TryRead([0xc0, .. new byte[47]], out _));
        Assert.False(EncryptionPublicKey.TryRead(key.PublicKey.ToBytes().AsSpan(1), out _));
    }

    [Fact]
    public void An_erased_key_derives_nothing()
    {
        EncryptionKey key = Key(new Random(1));
        EncryptionPublicKey other = key.PublicKey;
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Secret(key, other));
    }

    private static EncryptionKey Key(Random random) => EncryptionKey.FromSeed(Draw.Bytes(random, 32), "ceremony"u8);

    private static byte[] Secret(EncryptionKey key, EncryptionPublicKey other)
    {
        var secret = new byte[EncryptionKey.SharedSecretSize];
        key.DeriveSharedSecret(other, secret);
        return secret;
    }
}
