using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Tests.KeyGeneration;

public sealed class DealerTests
{
    private static readonly Threshold TwoOfThree = new(3, 2, 1);

    private readonly Dealer _dealer = Dealer.FromSeed(3, TwoOfThree, new byte[32], "a"u8);

    [Fact]
    public void One_seed_in_one_ceremony_makes_one_dealer()
    {
        using var again = Dealer.FromSeed(3, TwoOfThree, new byte[32], "a"u8);
        Assert.Equal(_dealer.Dealing, again.Dealing);
    }

    [Fact]
    public void In_another_ceremony_or_with_another_seed_it_deals_another_secret()
    {
        using var otherCeremony = Dealer.FromSeed(3, TwoOfThree, new byte[32], "b"u8);
        using var otherSeed = Dealer.FromSeed(3, TwoOfThree, [1, .. new byte[31]], "a"u8);
        Assert.NotEqual(_dealer.Dealing.Commitment.PublicKey, otherCeremony.Dealing.Commitment.PublicKey);
        Assert.NotEqual(_dealer.Dealing.Commitment.PublicKey, otherSeed.Dealing.Commitment.PublicKey);
    }

    [Fact]
    public void A_dealing_is_read_back_equal()
    {
        byte[] bytes = _dealer.Dealing.ToBytes();
        Assert.Equal(2 + (2 * 96) + 48, bytes.Length);
        Assert.True(Dealing.TryRead(bytes, TwoOfThree, out Dealing? again));
        Assert.Equal(_dealer.Dealing, again);
        Assert.True(again.Verify("a"u8));
        Assert.False(again.Verify("b"u8));
    }

    [Fact]
    public void Dealings_of_strangers_of_other_lengths_or_with_bad_points_are_refused()
    {
        byte[] bytes = _dealer.Dealing.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(Dealing.TryRead(bytes.AsSpan(0, length), TwoOfThree, out _));

        Assert.False(Dealing.TryRead([.. bytes, 0], TwoOfThree, out _));
        Assert.False(Dealing.TryRead(bytes, new Threshold(3, 3, 0), out _));
        Assert.False(Dealing.TryRead(bytes, new Threshold(2, 2, 0), out _));
        Assert.False(Dealing.TryRead(bytes, default, out _));
        Assert.False(Dealing.TryRead([0, 0, .. bytes[2..]], TwoOfThree, out _));
        Assert.False(Dealing.TryRead([1, 3, .. bytes[2..]], TwoOfThree, out _));
        Assert.False(Dealing.TryRead([.. bytes[..^48], 0xc0, .. new byte[47]], TwoOfThree, out _));
        Assert.False(Dealing.TryRead([.. bytes[..2], 0xc0, .. new byte[95], .. bytes[98..]], TwoOfThree, out _));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(100, random =>
        Assert.False(Dealing.TryRead(Draw.Bytes(random, random.Next(300)), TwoOfThree, out _)));

    [Fact]
    public void A_dealer_is_a_member_with_a_whole_seed_and_deals_to_members_only()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Dealer.FromSeed(4, TwoOfThree, new byte[32], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dealer.FromSeed(0, TwoOfThree, new byte[32], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dealer.FromSeed(1, TwoOfThree, new byte[31], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => _dealer.ExportShare(0, new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _dealer.ExportShare(4, new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _dealer.ExportShare(1, new byte[31]));
    }

    [Fact]
    public void An_erased_dealer_deals_no_more()
    {
        _dealer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _dealer.ExportShare(1, new byte[32]));
    }
}
