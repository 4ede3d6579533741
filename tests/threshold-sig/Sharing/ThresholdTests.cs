using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.ThresholdSig.Tests.Sharing;

public sealed class ThresholdTests
{
    [Fact]
    public void A_threshold_exists_exactly_if_the_corrupt_can_neither_sign_nor_stop_the_others()
    {
        for (int members = -1; members <= 12; members++)
            for (int required = -1; required <= 13; required++)
                for (int faulty = -1; faulty <= 13; faulty++)
                {
                    bool expected = members >= 1 && faulty >= 0 && required >= faulty + 1 && required <= members - faulty;
                    Assert.Equal(expected, Threshold.TryCreate(members, required, faulty, out Threshold threshold));
                    if (expected)
                        Assert.Equal((members, required, faulty), (threshold.Members, threshold.Required, threshold.Faulty));
                    else
                        Assert.Throws<ArgumentException>(() => new Threshold(members, required, faulty));
                }
    }

    [Theory]
    [InlineData(255, 128, 127, true)]
    [InlineData(256, 128, 127, false)]
    [InlineData(int.MaxValue, 1, 0, false)]
    [InlineData(3, int.MaxValue, int.MaxValue, false)]
    [InlineData(3, 2, int.MinValue, false)]
    public void Bounds_hold_at_the_edges(int members, int required, int faulty, bool expected) =>
        Assert.Equal(expected, Threshold.TryCreate(members, required, faulty, out _));

    [Fact]
    public void A_majority_is_recommended()
    {
        Assert.True(new Threshold(5, 3, 2).IsRecommended);
        Assert.False(new Threshold(4, 2, 1).IsRecommended);
        Assert.True(new Threshold(1, 1, 0).IsRecommended);
    }

    [Fact]
    public void Members_are_numbered_from_one()
    {
        var threshold = new Threshold(3, 2, 1);
        Assert.Equal([false, true, true, true, false], Enumerable.Range(0, 5).Select(threshold.HasMember));
    }
}
