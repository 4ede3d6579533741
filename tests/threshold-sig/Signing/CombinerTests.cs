using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.ThresholdSig.Tests.Signing;

public sealed class CombinerTests
{
    private static readonly byte[] Message = "release 1.2.3"u8.ToArray();

    private readonly GroupKey _key;
    private readonly PrivateShare[] _shares;
    private readonly PartialSignature[] _partials;

    public CombinerTests()
    {
        (_key, _shares) = Draw.Group(new Random(1), new Threshold(5, 3, 2));
        _partials = [.. _shares.Select(share => share.Sign(Message))];
    }

    [Fact]
    public void Any_t_of_m_make_the_same_signature()
    {
        var signatures = new HashSet<Signature>();
        for (int i = 0; i < 5; i++)
            for (int j = i + 1; j < 5; j++)
                for (int k = j + 1; k < 5; k++)
                    signatures.Add(Combined([_partials[k], _partials[i], _partials[j]]));

        Signature signature = Assert.Single(signatures);
        Assert.True(_key.PublicKey.Verify(Message, signature));
        Assert.Equal(signature, Combined(_partials));
    }

    [Fact]
    public void Any_group_can_sign_with_its_threshold() => ForAll.Seeds(5, random =>
    {
        int required = random.Next(1, 7);
        var threshold = new Threshold(random.Next(required, 10), required, 0);
        (GroupKey key, PrivateShare[] shares) = Draw.Group(random, threshold);
        PartialSignature[] partials =
            [.. shares.OrderBy(_ => random.Next()).Take(required).Select(share => share.Sign(Message))];
        Assert.IsType<Combination.Combined>(Combiner.Combine(key, Message, partials));
    });

    [Fact]
    public void Fewer_than_t_are_refused()
    {
        Assert.Equal(new Combination.NotEnough(0, 3), Combiner.Combine(_key, Message, []));
        Assert.Equal(new Combination.NotEnough(2, 3), Combiner.Combine(_key, Message, _partials[..2]));
    }

    [Fact]
    public void A_bad_part_is_named()
    {
        PartialSignature otherMessage = _shares[1].Sign("release 6.6.6"u8);
        Assert.Equal([2], Invalid([_partials[0], otherMessage, _partials[2]]));
        Assert.Equal([2], Invalid([_partials[4], _partials[3], otherMessage, _partials[0]]));

        var stolen = new PartialSignature(4, _partials[0].Signature);
        Assert.Equal([2, 4], Invalid([stolen, otherMessage, _partials[2]]));
    }

    [Fact]
    public void Bad_parts_that_cancel_in_the_sum_of_one_choice_are_still_named()
    {
        // Swapped parts add up to what neither member signed.
        Assert.Equal([1, 2], Invalid(
            [new(1, _partials[1].Signature), new(2, _partials[0].Signature), _partials[2]]));
    }

    [Fact]
    public void Without_the_bad_part_the_rest_combine() =>
        Assert.True(_key.PublicKey.Verify(Message, Combined([_partials[0], _partials[2], _partials[4]])));

    [Fact]
    public void An_index_that_comes_twice_is_named()
    {
        Assert.Equal([1], Invalid([_partials[0], _partials[0], _partials[1], _partials[2]]));
        Assert.Equal([1], Invalid([_partials[0], new(1, _partials[1].Signature), _partials[2]]));
    }

    [Fact]
    public void An_index_of_no_member_is_named() => Assert.Equal(
        [6, 255], Invalid([new(255, _partials[1].Signature), _partials[0], new(6, _partials[0].Signature)]));

    [Fact]
    public void The_signature_is_on_the_message_asked_for() =>
        Assert.Equal([1, 2, 3], Assert.IsType<Combination.Invalid>(
            Combiner.Combine(_key, "release 6.6.6"u8, _partials[..3])).Indexes);

    private Signature Combined(PartialSignature[] partials) =>
        Assert.IsType<Combination.Combined>(Combiner.Combine(_key, Message, partials)).Signature;

    private IReadOnlyList<int> Invalid(PartialSignature[] partials) =>
        Assert.IsType<Combination.Invalid>(Combiner.Combine(_key, Message, partials)).Indexes;
}
