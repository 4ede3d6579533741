using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.ThresholdSig.Tests.Signing;

public sealed class SigningEncodingTests
{
    private readonly GroupKey _key;
    private readonly PartialSignature _partial;

    public SigningEncodingTests()
    {
        (_key, PrivateShare[] shares) = Draw.Group(new Random(1), new Threshold(3, 2, 1));
        _partial = shares[2].Sign("message"u8);
    }

    [Fact]
    public void A_partial_signature_is_read_back_equal_from_50_bytes()
    {
        byte[] bytes = _partial.ToBytes();
        Assert.Equal(50, bytes.Length);
        Assert.Equal([0, 3], bytes[..2]);
        Assert.True(PartialSignature.TryRead(bytes, out PartialSignature? again));
        Assert.Equal(_partial, again);
        Assert.True(_key.VerifyPartial("message"u8, again));
    }

    [Fact]
    public void Partial_signatures_of_other_lengths_or_with_impossible_indexes_are_refused()
    {
        byte[] bytes = _partial.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(PartialSignature.TryRead(bytes.AsSpan(0, length), out _));

        Assert.False(PartialSignature.TryRead([.. bytes, 0], out _));
        Assert.False(PartialSignature.TryRead([0, 0, .. bytes[2..]], out _));
        Assert.False(PartialSignature.TryRead([1, 3, .. bytes[2..]], out _));
        Assert.False(PartialSignature.TryRead([0, 3, 0xc0, .. new byte[47]], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PartialSignature(0, _partial.Signature));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PartialSignature(256, _partial.Signature));
    }

    [Fact]
    public void A_part_verifies_for_its_member_and_message_only()
    {
        Assert.True(_key.VerifyPartial("message"u8, _partial));
        Assert.False(_key.VerifyPartial("another"u8, _partial));
        Assert.False(_key.VerifyPartial("message"u8, new PartialSignature(1, _partial.Signature)));
        Assert.False(_key.VerifyPartial("message"u8, new PartialSignature(4, _partial.Signature)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _key.PublicShare(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => _key.PublicShare(0));
    }

    [Fact]
    public void A_group_key_is_read_back_equal()
    {
        byte[] bytes = _key.ToBytes();
        Assert.Equal([3, 2, 1], bytes[..3]);
        Assert.True(GroupKey.TryRead(bytes, out GroupKey? again));
        Assert.Equal(_key, again);
        Assert.Equal(_key.GetHashCode(), again.GetHashCode());
        Assert.Equal(_key.PublicKey, again.PublicKey);
        Assert.True(again.VerifyPartial("message"u8, _partial));
    }

    [Fact]
    public void Group_keys_with_impossible_thresholds_or_other_lengths_are_refused()
    {
        byte[] bytes = _key.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(GroupKey.TryRead(bytes.AsSpan(0, length), out _));

        Assert.False(GroupKey.TryRead([.. bytes, 0], out _));
        Assert.False(GroupKey.TryRead([0, 2, 1, .. bytes[3..]], out _));
        Assert.False(GroupKey.TryRead([2, 2, 1, .. bytes[3..]], out _));
        Assert.False(GroupKey.TryRead([3, 2, 2, .. bytes[3..]], out _));
        Assert.False(GroupKey.TryRead([3, 3, 0, .. bytes[3..]], out _));
        Assert.Throws<ArgumentException>(() => new GroupKey(new Threshold(3, 3, 0), _key.Commitment));
    }

    [Fact]
    public void Random_bytes_never_throw() => ForAll.Seeds(200, random =>
    {
        byte[] bytes = Draw.Bytes(random, random.Next(400));
        Assert.False(PartialSignature.TryRead(bytes, out _));
        Assert.False(GroupKey.TryRead(bytes, out _));
    });
}
