using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Sharing;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.ThresholdSig.Tests.KeyGeneration;

public sealed class CeremonyTests
{
    private static readonly byte[] Context = "ceremony 1"u8.ToArray();
    private static readonly Threshold ThreeOfFour = new(4, 3, 1);

    private readonly Dealer[] _dealers = Draw.Dealers(new Random(1), ThreeOfFour, Context);

    [Fact]
    public void Honest_members_end_with_one_group_key_and_shares_that_sign() => ForAll.Seeds(3, random =>
    {
        int members = random.Next(1, 6);
        var threshold = new Threshold(members, random.Next(1, members + 1), 0);
        Dealer[] dealers = Draw.Dealers(random, threshold, Context);
        CeremonyResult.Completed[] results =
            [.. dealers.Select((_, i) => Assert.IsType<CeremonyResult.Completed>(Run(dealers, i + 1, threshold)))];

        GroupKey key = Assert.Single(results.Select(result => result.GroupKey).Distinct());
        foreach (CeremonyResult.Completed result in results)
            Assert.Equal(key.PublicShare(result.Share.Index), result.Share.ToPublicShare());

        PartialSignature[] partials =
            [.. results.OrderBy(_ => random.Next()).Take(threshold.Required).Select(result => result.Share.Sign([7]))];
        Assert.IsType<Combination.Combined>(Combiner.Combine(key, [7], partials));
    });

    [Fact]
    public void The_order_of_dealings_does_not_matter()
    {
        var forward = (CeremonyResult.Completed)Run(_dealers, 1, ThreeOfFour);
        var backward = (CeremonyResult.Completed)Run([.. _dealers.Reverse()], 1, ThreeOfFour);
        Assert.Equal(forward.GroupKey, backward.GroupKey);
        Assert.Equal(forward.Share.Sign([1]), backward.Share.Sign([1]));
    }

    [Fact]
    public void Members_who_have_not_dealt_are_named() =>
        Assert.Equal([2, 4], Assert.IsType<CeremonyResult.Missing>(
            Run([_dealers[0], _dealers[2]], 1, ThreeOfFour)).Dealers);

    [Fact]
    public void A_dealer_who_gives_a_wrong_share_is_named()
    {
        using var ceremony = new Ceremony(ThreeOfFour, 1, Context);
        Assert.Null(ceremony.Receive(_dealers[0].Dealing, ShareOf(_dealers[0], 1)));

        byte[] lie = ShareOf(_dealers[2], 1);
        lie[^1] ^= 1;
        Assert.Equal(DealingFault.WrongShare, ceremony.Receive(_dealers[2].Dealing, lie));
        Assert.Equal(new CeremonyResult.Aborted(3, DealingFault.WrongShare), ceremony.Finish());
    }

    [Fact]
    public void Shares_that_are_no_scalar_or_another_members_are_wrong()
    {
        Dealer dealer = _dealers[0];
        byte[] order = Convert.FromHexString("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
        Assert.True(dealer.Dealing.VerifyShare(1, ShareOf(dealer, 1)));
        Assert.False(dealer.Dealing.VerifyShare(1, ShareOf(dealer, 2)));
        Assert.False(dealer.Dealing.VerifyShare(1, order));
        Assert.False(dealer.Dealing.VerifyShare(1, ShareOf(dealer, 1).AsSpan(1)));
        Assert.False(dealer.Dealing.VerifyShare(1, []));
    }

    [Fact]
    public void A_key_made_up_from_the_others_keys_is_refused()
    {
        // The last to deal subtracts the others' commitments from one it knows, and would own the sum alone.
        Dealing known = _dealers[3].Dealing;
        var constants = _dealers[..3].Select(dealer => dealer.Dealing.Commitment.PublicKey.Point);
        Point<Fp2> rogue = constants.Aggregate(known.Commitment.PublicKey.Point, (sum, point) => sum - point);
        byte[] bytes = known.Commitment.ToBytes();
        new PublicKey(rogue).ToBytes().CopyTo(bytes, 0);
        Assert.True(Commitment.TryRead(bytes, 3, out Commitment? commitment));

        using var ceremony = new Ceremony(ThreeOfFour, 1, Context);
        var forged = new Dealing(4, commitment, known.Proof);
        Assert.Equal(DealingFault.WrongProof, ceremony.Receive(forged, ShareOf(_dealers[3], 1)));
        Assert.Equal(new CeremonyResult.Aborted(4, DealingFault.WrongProof), ceremony.Finish());
    }

    [Fact]
    public void Another_dealers_dealing_cannot_be_passed_off_as_ones_own()
    {
        Dealing stolen = new(2, _dealers[0].Dealing.Commitment, _dealers[0].Dealing.Proof);
        using var ceremony = new Ceremony(ThreeOfFour, 1, Context);
        Assert.Equal(DealingFault.WrongProof, ceremony.Receive(stolen, ShareOf(_dealers[0], 1)));
    }

    [Fact]
    public void A_dealing_of_another_ceremony_is_refused()
    {
        using var ceremony = new Ceremony(ThreeOfFour, 1, "ceremony 2"u8);
        Assert.Equal(DealingFault.WrongProof, ceremony.Receive(_dealers[1].Dealing, ShareOf(_dealers[1], 1)));
        Assert.Equal(new CeremonyResult.Aborted(2, DealingFault.WrongProof), ceremony.Finish());
    }

    [Fact]
    public void A_dealing_for_another_group_is_refused()
    {
        using var other = Dealer.FromSeed(2, new Threshold(4, 2, 1), new byte[32], Context);
        using var stranger = Dealer.FromSeed(5, new Threshold(5, 3, 2), new byte[32], Context);
        using var ceremony = new Ceremony(ThreeOfFour, 1, Context);
        Assert.Equal(DealingFault.WrongGroup, ceremony.Receive(other.Dealing, ShareOf(other, 1)));
        Assert.Equal(DealingFault.WrongGroup, ceremony.Receive(stranger.Dealing, ShareOf(stranger, 1)));
    }

    [Fact]
    public void Dealing_twice_is_harmless_if_the_same_and_a_fault_if_not()
    {
        using var again = Dealer.FromSeed(1, ThreeOfFour, new byte[32], Context);
        using var ceremony = new Ceremony(ThreeOfFour, 1, Context);
        foreach (Dealer dealer in _dealers)
            Assert.Null(ceremony.Receive(dealer.Dealing, ShareOf(dealer, 1)));

        Assert.Null(ceremony.Receive(_dealers[0].Dealing, ShareOf(_dealers[0], 1)));
        var result = Assert.IsType<CeremonyResult.Completed>(ceremony.Finish());
        Assert.Equal(result.GroupKey.PublicShare(1), result.Share.ToPublicShare());

        Assert.Equal(DealingFault.DealtTwice, ceremony.Receive(again.Dealing, ShareOf(again, 1)));
        Assert.Equal(new CeremonyResult.Aborted(1, DealingFault.DealtTwice), ceremony.Finish());
    }

    [Fact]
    public void Dealings_that_cancel_out_make_no_key()
    {
        var threshold = new Threshold(2, 1, 0);
        var dealers = new Dealer[2];
        for (int i = 0; i < 2; i++)
        {
            var coefficients = new SecretScalars(1);
            coefficients[0] = i == 0 ? Scalar.One : -Scalar.One;
            dealers[i] = new Dealer(i + 1, threshold, new Polynomial(coefficients), Context);
        }

        Assert.IsType<CeremonyResult.Cancelled>(Run(dealers, 1, threshold));
    }

    [Fact]
    public void A_share_outlives_its_ceremony()
    {
        CeremonyResult.Completed result;
        using (var ceremony = new Ceremony(ThreeOfFour, 2, Context))
        {
            foreach (Dealer dealer in _dealers)
                Assert.Null(ceremony.Receive(dealer.Dealing, ShareOf(dealer, 2)));
            result = (CeremonyResult.Completed)ceremony.Finish();
        }

        Assert.True(result.GroupKey.VerifyPartial([1], result.Share.Sign([1])));
    }

    private static byte[] ShareOf(Dealer dealer, int member)
    {
        var share = new byte[Dealer.ShareSize];
        dealer.ExportShare(member, share);
        return share;
    }

    private static CeremonyResult Run(Dealer[] dealers, int member, Threshold threshold)
    {
        using var ceremony = new Ceremony(threshold, member, Context);
        foreach (Dealer dealer in dealers)
            Assert.Null(ceremony.Receive(dealer.Dealing, ShareOf(dealer, member)));

        return ceremony.Finish();
    }
}
