namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>The real time of day, and waits that pass a hundred times faster.</summary>
internal sealed class HurriedClock : TimeProvider
{
    private const int Times = 100;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / Times : dueTime, period);
}
