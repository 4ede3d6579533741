
namespace SupplyChain.UpdaterAgent.Output;

/// <summary>How fast a download is and how long it still takes, by what came lately: a slow start is soon forgotten.</summary>
internal sealed class DownloadPace(long total, TimeProvider clock)
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);

    private readonly Queue<(TimeSpan At, long Kept)> _samples = [];
    private readonly long _start = clock.GetTimestamp();
    private long _kept;

    /// <summary>Bytes per second; 0 until there are two reports.</summary>
    public double Rate
    {
        get
        {
            if (_samples.Count < 2) return 0;

            var (at, kept) = _samples.Peek();
            double seconds = (_samples.Last().At - at).TotalSeconds;
            return seconds > 0 ? (_kept - kept) / seconds : 0;
        }
    }

    /// <summary>Null while nothing comes.</summary>
    public TimeSpan? Left => Rate > 0 ? TimeSpan.FromSeconds(Math.Min((total - _kept) / Rate, TimeSpan.MaxValue.TotalSeconds / 2)) : null;

    /// <summary>This many bytes of all are here now.</summary>
    public void Report(long kept)
    {
        var now = clock.GetElapsedTime(_start);
        _kept = kept;
        _samples.Enqueue((now, kept));
        while (_samples.Peek().At < now - Lately) _samples.Dequeue();
    }

    public override string ToString()
    {
        double share = total == 0 ? 100 : 100.0 * _kept / total;
        string left = Left is { } time ? $", about {Quantity.Duration(time)} left" : "";
        return FormattableString.Invariant($"{share:0} %, {Quantity.Bytes(Rate)}/s{left}");
    }
}
