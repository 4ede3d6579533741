using SupplyChain.UpdaterAgent.Core;

namespace SupplyChain.UpdaterAgent.Tests;

public sealed class PollScheduleTests
{
    private static readonly PollSchedule Hourly = new(TimeSpan.FromHours(1));

    [Fact]
    public void Waits_spread_around_the_interval()
    {
        Assert.Equal(TimeSpan.FromMinutes(48), Hourly.NextWait(0, 0));
        Assert.Equal(TimeSpan.FromHours(1), Hourly.NextWait(0, 0.5));
        Assert.InRange(Hourly.NextWait(0, 0.999), TimeSpan.FromMinutes(71), TimeSpan.FromMinutes(72));
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(3, 120)]
    [InlineData(7, 1920)]
    [InlineData(8, 3600)]
    [InlineData(1_000_000, 3600)]
    public void After_failures_it_looks_sooner_and_then_ever_less_often(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Hourly.NextWait(failures, 0.5));

    [Fact]
    public void A_short_interval_is_never_stretched_by_failures() =>
        Assert.Equal(TimeSpan.FromSeconds(5), new PollSchedule(TimeSpan.FromSeconds(5)).NextWait(10, 0.5));

    [Theory]
    [InlineData(-1, 0.5)]
    [InlineData(0, -0.1)]
    [InlineData(0, 1.0)]
    public void A_draw_or_count_out_of_range_is_the_callers_mistake(int failures, double draw) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Hourly.NextWait(failures, draw));
}
