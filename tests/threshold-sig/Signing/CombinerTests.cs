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
        AssertNotEnough(have: 0, bad: [], []);
        AssertNotEnough(have: 2, bad: [], _partials[..2]);
    }

    [Fact]
    public void Fewer_than_t_valid_ones_are_refused_and_the_bad_named()
    {
        PartialSignature otherMessage = _shares[1].Sign("release 6.6.6"u8);
        var stolen = new PartialSignature(4, _partials[0].Signature);

        AssertNotEnough(have: 2, bad: [2], [_partials[0], otherMessage, _partials[2]]);
        AssertNotEnough(have: 1, bad: [2, 4], [stolen, otherMessage, _partials[2]]);
    }

    [Fact]
    public void Any_t_valid_ones_combine_whatever_else_is_among_them() => ForAll.Seeds(20, random =>
    {
        int[] honest = [.. Enumerable.Range(1, 5).OrderBy(_ => random.Next()).Take(3).Order()];
        var parts = _partials.Select(
            part => honest.Contains(part.Index) ? part : _shares[part.Index - 1].Sign([(byte)random.Next(256)]));

        var combined = AssertCombined([.. parts.OrderBy(_ => random.Next())]);

        Assert.True(_key.PublicKey.Verify(Message, combined.Signature));
        Assert.All(combined.Bad, index => Assert.DoesNotContain(index, honest));
    });

    [Fact]
    public void Bad_parts_before_good_ones_are_named_beside_the_signature()
    {
        PartialSignature otherMessage = _shares[0].Sign("release 6.6.6"u8);
        var ofNobody = new PartialSignature(255, _partials[1].Signature);

        Assert.Equal([1, 255], AssertCombined([otherMessage, ofNobody, .. _partials[2..]]).Bad);
    }

    [Fact]
    public void Swapped_parts_are_bad_although_each_is_somebodys()
    {
        PartialSignature[] swapped = [new(1, _partials[1].Signature), new(2, _partials[0].Signature)];

        AssertNotEnough(have: 1, bad: [1, 2], [.. swapped, _partials[2]]);
        Assert.Equal([1, 2], AssertCombined([.. swapped, .. _partials[2..]]).Bad);
    }

    [Fact]
    public void A_part_in_somebody_elses_name_does_not_shut_that_member_out()
    {
        var forged = new PartialSignature(1, _partials[1].Signature);

        Assert.Empty(AssertCombined([forged, _partials[0], _partials[2], _partials[3]]).Bad);
        AssertNotEnough(have: 2, bad: [], [_partials[0], _partials[0], forged, _partials[2]]);
    }

    [Fact]
    public void The_signature_is_on_the_message_asked_for()
    {
        var refused = Assert.IsType<Combination.NotEnough>(Combiner.Combine(_key, "release 6.6.6"u8, _partials[..3]));
        Assert.Equal([1, 2, 3], refused.Bad);
    }

    private Combination.Combined AssertCombined(PartialSignature[] partials) =>
        Assert.IsType<Combination.Combined>(Combiner.Combine(_key, Message, partials));

    private void AssertNotEnough(int have, int[] bad, PartialSignature[] partials)
    {
        var refused = Assert.IsType<Combination.NotEnough>(Combiner.Combine(_key, Message, partials));
        Assert.Equal((have, 3), (refused.Have, refused.Need));
        Assert.Equal(bad, refused.Bad);
    }

    private Signature Combined(PartialSignature[] partials) => AssertCombined(partials).Signature;
}
