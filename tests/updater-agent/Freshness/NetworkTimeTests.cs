using SupplyChain.Protocol;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Tests.Freshness;

/// <summary>When a machine knows the time without asking, and how it counts it.</summary>
public sealed class NetworkTimeTests
{
    private const long Told = TestNetwork.Created + 1_000_000, Skew = 30;

    private static readonly Digest Boot = Digest.Of([1]);
    private static readonly TrustedState Never = TrustedState.Initial(TestNetwork.Create().Root);

    [Theory]
    [InlineData(0)]
    [InlineData(-315_360_000)]
    [InlineData(315_360_000)]
    public void It_counts_from_what_the_quorum_told_however_wrong_the_local_clock_is(long off)
    {
        var state = Never.Confirm(new Confirmation(Boot, 500, Told + off, Told));
        Assert.Equal(Told + 3_600, NetworkTime.Of(state, new ClockReading(Told + off + 3_600, 4_100, Boot), Skew));
    }

    [Fact]
    public void A_machine_that_was_never_told_does_not_know()
    {
        var reading = new ClockReading(Told, 500, Boot);
        Assert.Null(NetworkTime.Of(Never, reading, Skew));
        Assert.Equal(TimeStanding.NeverConfirmed, NetworkTime.StandingOf(Never, reading, Skew));
    }

    [Fact]
    public void A_machine_that_was_started_again_does_not_know() =>
        AssertStanding(TimeStanding.Unconfirmed, new ClockReading(Told + 100, 600, Digest.Of([2])));

    [Fact]
    public void A_steady_clock_that_went_back_is_another_start() =>
        AssertStanding(TimeStanding.Unconfirmed, new ClockReading(Told + 100, 400, Boot));

    [Theory]
    [InlineData(32, TimeStanding.Confirmed)]
    [InlineData(33, TimeStanding.Unconfirmed)]
    [InlineData(-32, TimeStanding.Confirmed)]
    [InlineData(-33, TimeStanding.Unconfirmed)]
    [InlineData(-315_360_000, TimeStanding.Unconfirmed)]
    public void Clocks_that_disagree_by_more_than_the_skew_have_jumped(long jump, TimeStanding standing) =>
        AssertStanding(standing, new ClockReading(Told + 100 + jump, 600, Boot));

    [Theory]
    [InlineData(86_400, TimeStanding.Confirmed)]
    [InlineData(86_401, TimeStanding.Starved)]
    public void After_a_day_without_a_quorum_the_machine_starves(long passed, TimeStanding standing) =>
        AssertStanding(standing, new ClockReading(Told + passed, 500 + passed, Boot));

    [Fact]
    public void A_day_by_the_local_clock_alone_is_an_alarm_too_and_nothing_to_trust()
    {
        AssertStanding(TimeStanding.Starved, new ClockReading(Told + 90_000, 10, Digest.Of([2])));
        AssertStanding(TimeStanding.Starved, new ClockReading(Told + 90_000, 600, Boot));
    }

    [Fact]
    public void Time_is_never_before_what_was_told_before()
    {
        var state = Never.Confirm(new Confirmation(Boot, 500, Told, Told)).Confirm(new Confirmation(Boot, 600, Told, Told - 5_000));
        Assert.Equal(Told, state.LatestTime);
        Assert.Equal(Told + 5, NetworkTime.Of(state, new ClockReading(Told + 5, 605, Boot), Skew));
    }

    private static void AssertStanding(TimeStanding standing, ClockReading reading)
    {
        var state = Never.Confirm(new Confirmation(Boot, 500, Told, Told));
        Assert.Equal(standing, NetworkTime.StandingOf(state, reading, Skew));
        Assert.Equal(standing == TimeStanding.Confirmed, NetworkTime.Of(state, reading, Skew) is not null);
    }
}
