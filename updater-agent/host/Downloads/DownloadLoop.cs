using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Download;

namespace SupplyChain.UpdaterAgent.Downloads;

/// <summary>
/// Carries out a <see cref="DownloadPlan"/>: starts what it assigns, cancels what it calls overdue, tells it what came of
/// each request. Only this loop touches the plan; requests run beside it.
/// </summary>
internal sealed class DownloadLoop(DownloadPlan plan, PieceFetch fetch, TimeProvider clock)
{
    // How often progress is looked at, and so how late an overdue request is noticed.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<Task<NodeFault?>, Flight> _flights = [];
    private readonly long _start = clock.GetTimestamp();

    private TimeSpan Now => clock.GetElapsedTime(_start);

    /// <summary>Until every piece is kept, or no node is left.</summary>
    /// <param name="kept">Called after every piece.</param>
    /// <param name="stop">Ends all requests and throws.</param>
    public async Task Run(Action kept, CancellationToken stop)
    {
        try
        {
            while (!plan.IsComplete && !plan.IsHopeless)
            {
                while (plan.Next(Now) is { } assignment) Start(assignment, stop);
                var tick = Task.Delay(Tick, clock, stop);
                await Task.WhenAny(_flights.Keys.Append(tick));
                stop.ThrowIfCancellationRequested();
                await Settle(kept);
                CancelOverdue();
            }
        }
        finally
        {
            await Abandon();
        }
    }

    private void Start(Assignment assignment, CancellationToken stop)
    {
        var flight = new Flight(assignment, CancellationTokenSource.CreateLinkedTokenSource(stop));
        // Off this loop: checking a piece is 0.3 ms of hashing.
        _flights.Add(Task.Run(() => fetch.Run(assignment, flight.Received, flight.Cancel.Token), CancellationToken.None), flight);
    }

    private async Task Settle(Action kept)
    {
        foreach (var (task, flight) in _flights.Where(pair => pair.Key.IsCompleted).ToList())
        {
            _flights.Remove(task);
            using (flight.Cancel)
            {
                if (flight.IsForgotten)
                {
                    await Quietly(task);
                    continue;
                }

                var fault = await task;
                Forget(fault is null ? plan.Kept(flight.Assignment) : plan.Failed(flight.Assignment, fault, Now));
                if (fault is null) kept();
            }
        }
    }

    private void CancelOverdue()
    {
        foreach (var flight in _flights.Values.Where(flight => !flight.IsForgotten))
        {
            plan.Progress(flight.Assignment, flight.Bytes, Now);
        }

        foreach (var assignment in plan.Overdue(Now))
        {
            var stalled = new NodeFault(FaultKind.Stalled, $"piece {assignment.Piece}: too slow or silent");
            Forget([assignment, .. plan.Failed(assignment, stalled, Now)]);
        }
    }

    // The plan knows of these no more; whatever they bring is dropped.
    private void Forget(IReadOnlyList<Assignment> assignments)
    {
        foreach (var flight in _flights.Values.Where(flight => !flight.IsForgotten && assignments.Contains(flight.Assignment)))
        {
            flight.IsForgotten = true;
            flight.Cancel.Cancel();
        }
    }

    // No request outlives the loop: they write into a file that the caller closes.
    private async Task Abandon()
    {
        foreach (var flight in _flights.Values) await flight.Cancel.CancelAsync();
        foreach (var (task, flight) in _flights)
        {
            await Quietly(task);
            flight.Cancel.Dispose();
        }

        _flights.Clear();
    }

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private sealed class Flight(Assignment assignment, CancellationTokenSource cancel)
    {
        private long _bytes;

        public Assignment Assignment { get; } = assignment;
        public CancellationTokenSource Cancel { get; } = cancel;
        public bool IsForgotten { get; set; }
        public long Bytes => Interlocked.Read(ref _bytes);

        public void Received(long bytes) => Interlocked.Exchange(ref _bytes, bytes);
    }
}
