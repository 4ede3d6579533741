using System.Diagnostics;
using SupplyChain.Fuzz.Tests.Inputs;
using SupplyChain.Fuzz.Tests.Readers;

namespace SupplyChain.Fuzz.Tests.Running;

/// <param name="Rounds">At most so many inputs; null for no such bound.</param>
/// <param name="Time">At most so long; null for no such bound.</param>
internal readonly record struct Budget(int? Rounds, TimeSpan? Time);

/// <param name="Reader">Which.</param>
/// <param name="Rounds">Inputs read.</param>
/// <param name="Accepted">Of them, accepted.</param>
/// <param name="Taken">In all.</param>
/// <param name="Finding">What ended it early, or null.</param>
internal sealed record Tally(Reader Reader, int Rounds, int Accepted, TimeSpan Taken, Finding? Finding);

/// <summary>
/// Feeds one reader inputs of rising seeds until its budget is spent or something breaks. A thread of its own reads, and
/// whoever asked watches it: nothing can stop a reader that does not come back, but it can be named.
/// </summary>
internal sealed class Campaign(Reader reader)
{
    /// <summary>No reading may take this long on any machine, however busy.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private const int StackSize = 1 << 20;

    private readonly Stopwatch _clock = new();
    private volatile int _seed;
    private long _begun;
    private int _rounds, _accepted;
    private Finding? _finding;

    public Tally Run(Budget budget, int firstSeed)
    {
        if (CheckSamples() is { } bad) return new Tally(reader, 0, 0, TimeSpan.Zero, bad);

        _clock.Start();
        var worker = new Thread(() => Work(budget, firstSeed), StackSize) { IsBackground = true, Name = reader.Name };
        worker.Start();
        while (!worker.Join(Glance))
        {
            var inThisRound = _clock.Elapsed - TimeSpan.FromTicks(Volatile.Read(ref _begun));
            if (inThisRound <= Patience) continue;

            int seed = _seed;
            var hang = new Finding(reader, Fault.Hang, $"no answer after {Patience}", Mutation.Of(reader.Samples, seed), seed);
            return new Tally(reader, _rounds, _accepted, _clock.Elapsed, hang);
        }

        return new Tally(reader, _rounds, _accepted, _clock.Elapsed, _finding);
    }

    private void Work(Budget budget, int firstSeed)
    {
        while (_finding is null && !(_rounds >= budget.Rounds) && !(_clock.Elapsed >= budget.Time))
        {
            _seed = unchecked(firstSeed + _rounds);
            byte[] input = Mutation.Of(reader.Samples, _seed);
            Volatile.Write(ref _begun, _clock.Elapsed.Ticks);
            _finding = Judge.Read(reader, input, _seed, out bool accepted);
            _rounds++;
            if (accepted) _accepted++;
        }
    }

    // Mutations of what is refused anyway would find nothing.
    private Finding? CheckSamples()
    {
        if (reader.Samples.Count == 0) return new Finding(reader, Fault.SampleRefused, "it has no samples", [], null);

        foreach (byte[] sample in reader.Samples)
        {
            if (Judge.Read(reader, sample, null, out bool accepted) is { } finding) return finding;
            if (!accepted) return new Finding(reader, Fault.SampleRefused, "a valid input is refused", sample, null);
        }

        return null;
    }
}
