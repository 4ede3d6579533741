using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>
/// Asks one node after the other for the next trust root (step 2), until one of them brings it: one is enough, because the
/// file proves itself.
/// </summary>
internal sealed class RootRound(UpdateTask task, Candidates candidates, Offers offers) : Round(task, candidates, offers)
{
    public override RoundStep Start()
    {
        Candidates.Choose(Task.Order);
        return AskFirst();
    }

    public override RoundStep On(UpdateEvent happened, ClockReading reading) => happened switch
    {
        UpdateEvent.RootCame came => Offers.Follow(came.File) is { } rejection ? Refused(rejection) : new RoundStep.RootFound(),
        UpdateEvent.NodeFailed failed => Failed(failed.Fault),
        _ => throw NotAskedFor(happened, "the question for a trust root"),
    };

    protected override RoundStep AskNext() =>
        new RoundStep.Asking(new UpdateEffect.AskRoot(Candidates.Next(), Offers.Root.Version + 1));
}
