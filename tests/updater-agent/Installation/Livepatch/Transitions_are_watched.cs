using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

public class Transitions_are_watched
{
    [Fact]
    public void One_that_is_over_is_done_at_once() =>
        Assert.IsType<TransitionStep.Done>(new TransitionWatch(TransitionTimes.Default).Next(isPending: false, TimeSpan.Zero));

    [Fact]
    public void One_that_stalls_is_signalled_once_after_15_s_and_given_up_60_s_later()
    {
        var watch = new TransitionWatch(TransitionTimes.Default);
        var now = TimeSpan.Zero;
        var seen = new List<(TimeSpan At, TransitionStep Step)>();
        do
        {
            seen.Add((now, watch.Next(isPending: true, now)));
            if (seen[^1].Step is TransitionStep.Wait wait)
            {
                Assert.InRange(wait.For, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
                now += wait.For;
            }
        }
        while (seen[^1].Step is not TransitionStep.Stalled);

        Assert.Equal(TimeSpan.FromSeconds(15), Assert.Single(seen, one => one.Step is TransitionStep.Signal).At);
        Assert.Equal(TimeSpan.FromSeconds(75), seen[^1].At);
        Assert.InRange(seen.Count, 10, 120);
    }

    [Fact]
    public void Another_whole_keeps_the_proportions() => Assert.Equal(
        TransitionTimes.Default, TransitionTimes.Within(TimeSpan.FromSeconds(75)));
}
