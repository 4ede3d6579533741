namespace SupplyChain.UpdaterAgent.Core;

/// <summary>
/// When a background agent looks again. Every wait is drawn around its length, so that agents which started together do not
/// ask together; after failures it looks sooner than usual, then ever less often.
/// </summary>
public sealed record PollSchedule(TimeSpan Interval)
{
    // Agents spread over ± a fifth of the wait.
    private const double Spread = 0.2;
    private const int MostDoublings = 16;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);

    /// <param name="failuresInARow">0 after a cycle that ended well.</param>
    /// <param name="draw">From 0 to below 1, the caller's randomness.</param>
    public TimeSpan NextWait(int failuresInARow, double draw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(failuresInARow);
        ArgumentOutOfRangeException.ThrowIfNegative(draw);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(draw, 1);

        var wait = Interval;
        if (failuresInARow > 0)
        {
            var retry = FirstRetry * (1 << Math.Min(failuresInARow - 1, MostDoublings));
            wait = retry < Interval ? retry : Interval;
        }

        return wait * (1 - Spread + (2 * Spread * draw));
    }
}
