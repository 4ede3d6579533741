using SupplyChain.UpdaterAgent.Downloads;
using SupplyChain.UpdaterAgent.Output;

namespace SupplyChain.UpdaterAgent.Tests.Output;

public sealed class DownloadPaceTests
{
    private readonly SteppedClock _clock = new();

    [Fact]
    public void Before_anything_came_there_is_no_estimate()
    {
        var pace = new DownloadPace(1000, _clock);
        Assert.Null(pace.Left);
        pace.Report(500);
        Assert.Null(pace.Left);
        Assert.Equal("50 %, 0 B/s", pace.ToString());
    }

    [Fact]
    public void What_was_here_already_does_not_count_as_speed()
    {
        var pace = new DownloadPace(1_000_000, _clock);
        pace.Report(900_000);
        _clock.Pass(TimeSpan.FromSeconds(10));
        pace.Report(950_000);
        Assert.Equal(5_000, pace.Rate);
        Assert.Equal(TimeSpan.FromSeconds(10), pace.Left);
        Assert.Equal("95 %, 5.0 kB/s, about 10 s left", pace.ToString());
    }

    [Fact]
    public void A_slow_start_is_forgotten()
    {
        var pace = new DownloadPace(100_000, _clock);
        pace.Report(0);
        _clock.Pass(TimeSpan.FromSeconds(60));
        pace.Report(1_000);
        _clock.Pass(TimeSpan.FromSeconds(1));
        pace.Report(11_000);
        Assert.Equal(10_000, pace.Rate);
    }

    [Fact]
    public async Task A_log_gets_a_line_with_the_time_left_now_and_then()
    {
        using var errors = new StringWriter();
        var display = new DownloadDisplay(new Screen(TextWriter.Null, errors, json: true, isTerminal: false), _clock);
        await display.Show("payload.bin", 1_000_000, progress =>
        {
            for (int second = 0; second <= 25; second++)
            {
                progress.Report(second * 10_000, 1_000_000);
                _clock.Pass(TimeSpan.FromSeconds(1));
            }

            return Task.FromResult(new DownloadResult(DownloadOutcome.Whole, "", 0, 0, default, []));
        });
        Assert.Equal(
            ["downloading payload.bin, 1.0 MB", "downloading payload.bin: 10 %, 10.0 kB/s, about 90 s left", "downloading payload.bin: 20 %, 10.0 kB/s, about 80 s left"],
            errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
