using SupplyChain.Protocol.Trust;

namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>How far this machine knows what time it is (docs/protocol.md §7 step 4).</summary>
public enum TimeStanding
{
    /// <summary>No quorum ever told it.</summary>
    NeverConfirmed,

    /// <summary>The machine was started again since, or its clock jumped.</summary>
    Unconfirmed,

    /// <summary>A quorum told it within a day.</summary>
    Confirmed,

    /// <summary>No quorum told it for longer than a day: an alarm.</summary>
    Starved,
}

/// <summary>
/// The network's time, counted on from its last confirmation by the machine's steady clock. The local clock is not believed;
/// it only shows that the steady one missed something, such as the sleep of a virtual machine: then the two disagree.
/// </summary>
public static class NetworkTime
{
    /// <summary>Seconds after which a confirmation is wanted again.</summary>
    public const long Day = 86_400;

    // Both clocks are read in whole seconds, at two moments each.
    private const long Granularity = 2;

    /// <summary>Unix seconds; null when a quorum has to be asked first.</summary>
    /// <param name="state">What is trusted.</param>
    /// <param name="reading">The machine's clocks now.</param>
    /// <param name="skew">Seconds by which its two clocks may drift apart.</param>
    public static long? Of(TrustedState state, ClockReading reading, long skew) =>
        StandingOf(state, reading, skew) == TimeStanding.Confirmed
            ? Math.Max(state.LatestTime, state.Confirmed!.Time + reading.Uptime - state.Confirmed.Uptime)
            : null;

    public static TimeStanding StandingOf(TrustedState state, ClockReading reading, long skew)
    {
        if (state.Confirmed is not { } confirmed) return TimeStanding.NeverConfirmed;

        long passed = reading.Uptime - confirmed.Uptime;
        bool isSameStart = confirmed.Boot == reading.Boot && passed >= 0;
        bool agree = isSameStart && Math.Abs(reading.Clock - confirmed.Clock - passed) <= skew + Granularity;
        if (agree) return passed <= Day ? TimeStanding.Confirmed : TimeStanding.Starved;

        // Without a steady clock to count by, the local one is enough to raise an alarm, though not to trust anything.
        bool starves = isSameStart && passed > Day;
        return starves || reading.Clock > confirmed.Clock + Day ? TimeStanding.Starved : TimeStanding.Unconfirmed;
    }
}
