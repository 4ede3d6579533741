namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>How long a transition may take.</summary>
/// <param name="Signal">Then the kernel is asked to hurry its tasks.</param>
/// <param name="GiveUp">So long after that, the transition has stalled.</param>
public sealed record TransitionTimes(TimeSpan Signal, TimeSpan GiveUp)
{
    public static TransitionTimes Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));

    /// <summary>The same proportions within another whole.</summary>
    public static TransitionTimes Within(TimeSpan whole) => new(whole / 5, whole * 4 / 5);
}

/// <summary>What to do next about a transition.</summary>
public abstract record TransitionStep
{
    private TransitionStep() { }

    /// <summary>It is over.</summary>
    public sealed record Done : TransitionStep;

    /// <summary>Look again after this.</summary>
    public sealed record Wait(TimeSpan For) : TransitionStep;

    /// <summary>Write to <c>signal</c>, where the kernel has it, and look again.</summary>
    public sealed record Signal : TransitionStep;

    /// <summary>It has stalled: some task never leaves a patched function.</summary>
    public sealed record Stalled : TransitionStep;
}

/// <summary>Watches one transition: looks often at first and ever less often, signals once, and gives up in the end.</summary>
public sealed class TransitionWatch(TransitionTimes times)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private TimeSpan _pause = TimeSpan.FromMilliseconds(10);
    private bool _signalled;

    /// <param name="isPending">What <c>transition</c> shows.</param>
    /// <param name="elapsed">Since the transition began.</param>
    public TransitionStep Next(bool isPending, TimeSpan elapsed)
    {
        if (!isPending) return new TransitionStep.Done();
        if (elapsed >= times.Signal + times.GiveUp) return new TransitionStep.Stalled();
        if (elapsed >= times.Signal && !_signalled)
        {
            _signalled = true;
            return new TransitionStep.Signal();
        }

        var due = _signalled ? times.Signal + times.GiveUp : times.Signal;
        var pause = _pause;
        _pause = Shorter(_pause * 2, LongestPause);
        return new TransitionStep.Wait(Shorter(pause, due - elapsed));
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
