using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>
/// A clock that jumps from one due action to the next; actions due at the same instant keep their order.
/// </summary>
internal sealed class VirtualTime
{
    // No run of a correct core comes near it; a core that talks to itself without end must not hang us.
    private const long MaxActions = 1_000_000;

    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _due = new();
    private long _order;
    private long _done;

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.FromUnixTimeSeconds(TestNetwork.Created + 100_000);

    public int Waiting => _due.Count;

    public void At(DateTimeOffset at, Action action) => _due.Enqueue(action, (at < Now ? Now : at, _order++));

    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    /// <summary>Does it now and then again, until told that it is over.</summary>
    public void Repeat(TimeSpan every, Action action, Func<bool> isOver)
    {
        if (isOver()) return;

        action();
        After(every, () => Repeat(every, action, isOver));
    }

    /// <summary>Runs what is due until then, or until <paramref name="done"/>.</summary>
    /// <returns>False when it was never done.</returns>
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
            if (++_done > MaxActions) throw new PropertyBrokenException("something is done without end");
        }

        return true;
    }
}
