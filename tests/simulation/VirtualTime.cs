using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// A clock that jumps from one due action to the next; actions due at the same instant keep their order.
/// </summary>
internal sealed class VirtualTime
{
    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _due = new();
    private long _order;

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.FromUnixTimeSeconds(TestNetwork.Created + 100_000);

    public int Waiting => _due.Count;

    public void At(DateTimeOffset at, Action action) => _due.Enqueue(action, (at < Now ? Now : at, _order++));

    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    /// <summary>Runs what is due until then, or until <paramref name="done"/>.</summary>
    public bool RunUntil(DateTimeOffset end, Func<bool>? done = null)
    {
        while (done?.Invoke() != true)
        {
            if (!_due.TryPeek(out _, out var next) || next.At > end)
            {
                Now = end;
                return done is null;
            }

            var action = _due.Dequeue();
            Now = next.At;
            action();
        }

        return true;
    }
}
