using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Core.Rounds;

namespace SupplyChain.UpdaterAgent.Core;

/// <summary>
/// Carries one update through docs/protocol.md §7, as events in and effects out.
/// <code>
///   check      a check round: one node's answer (3, 5 to 10)
///   install    the same, then twice nonce mode (3 to 10), between the two the download (11);
///              the second must decide the same (12)
/// </code>
/// Wherever a map names a newer trust root (6), the next one is asked for first (2), and the same answer tried again.
/// A machine that is not sure of the time begins with nonce mode instead of the check round.
/// The state persists (7) as soon as a checkpoint is certified, consistent and of the root in use, whatever comes after.
/// </summary>
public sealed class UpdateMachine
{
    // A channel that moves during every download is asked again so often.
    private const int MostDownloads = 3;

    private readonly UpdateTask _task;
    private readonly Candidates _candidates;
    private readonly Offers _offers;

    private Phase _phase;
    private ClockReading _reading;
    private Round? _round;
    private RootRound? _walk;
    private RoundStep.NeedsRoot? _outdated;
    private Offer? _offer;
    private VerifiedUpdate? _downloaded;
    private int _downloads;

    public UpdateMachine(UpdateTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        _task = task;
        _candidates = new Candidates(task.Convicted);
        _offers = new Offers(task);
    }

    private enum Phase
    {
        NotStarted,
        Checking,
        AskingEveryone,
        Downloading,
        Ended,
    }

    /// <summary>Every question that was not answered well, oldest first.</summary>
    public IReadOnlyList<NodeFailure> Failures => _candidates.Failures;

    /// <summary>The certified checkpoint of the last decision; null before one.</summary>
    public CertifiedCheckpoint? Certified => _offer?.Certified;

    /// <param name="reading">The machine's clocks now.</param>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public IReadOnlyList<UpdateEffect> Start(ClockReading reading)
    {
        if (_phase != Phase.NotStarted) throw new InvalidOperationException("A machine runs once.");

        // Two quorums contradict each other: that stays so until the operator knows which of them is right.
        int faulty = _task.Root.Quorum.Faulty;
        if (_task.Convicted.Count > faulty)
        {
            var forked = $"{_task.Convicted.Count} nodes are convicted of two histories, and at most {faulty} may be corrupt";
            return End(new UpdateOutcome.Refused(new Rejection(RejectionReason.CheckpointForked, forked)));
        }

        bool isSure = !_task.ConfirmTime && NetworkTime.Of(_task.State, reading, _task.Root.Freshness.Skew) is not null;
        return isSure ? Begin(Phase.Checking, new CheckRound(_task, _candidates, _offers)) : AskEveryone();
    }

    /// <param name="happened">The answer to the last effect that asked for one.</param>
    /// <param name="reading">The machine's clocks now. None of them is believed by itself.</param>
    /// <exception cref="InvalidOperationException">Nothing asked for this event.</exception>
    public IReadOnlyList<UpdateEffect> On(UpdateEvent happened, ClockReading reading)
    {
        ArgumentNullException.ThrowIfNull(happened);
        _reading = reading;
        return _phase switch
        {
            Phase.Checking or Phase.AskingEveryone => After((_walk ?? _round!).On(happened, reading)),
            Phase.Downloading when happened is UpdateEvent.DownloadEnded ended => OnDownload(ended.IsWhole),
            _ => throw new InvalidOperationException($"{happened.GetType().Name} does not answer {_phase}."),
        };
    }

    private IReadOnlyList<UpdateEffect> Begin(Phase phase, Round round)
    {
        _phase = phase;
        _round = round;
        return After(round.Start());
    }

    private IReadOnlyList<UpdateEffect> After(RoundStep step) => step switch
    {
        RoundStep.Asking => step.Effects,
        RoundStep.NeedsRoot needs => [.. step.Effects, .. Walk(needs)],
        RoundStep.RootFound => [.. step.Effects, .. Walked()],
        RoundStep.Over over when _walk is not null => NotWalked(over.Outcome),
        RoundStep.Found found => [.. step.Effects, .. Offered(found.Offer)],
        RoundStep.Over over => [.. step.Effects, .. End(over.Outcome)],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // Step 2, one version at a time, in the middle of a round that goes on with the answer it has.
    private IReadOnlyList<UpdateEffect> Walk(RoundStep.NeedsRoot needs)
    {
        _outdated = needs;
        _walk = new RootRound(_task, _candidates.Apart(), _offers);
        return After(_walk.Start());
    }

    private IReadOnlyList<UpdateEffect> Walked()
    {
        _walk = null;
        return After(_outdated!.Again(_reading));
    }

    // The newer root is certified: no other node can say that there is none. Two logs outweigh that.
    private IReadOnlyList<UpdateEffect> NotWalked(UpdateOutcome ended)
    {
        _walk = null;
        return End(ended is UpdateOutcome.Refused { Rejection.Reason: RejectionReason.CheckpointForked }
            ? ended
            : new UpdateOutcome.Refused(_outdated!.Why));
    }

    private IReadOnlyList<UpdateEffect> Offered(Offer offer)
    {
        _offer = offer;
        if (offer.Decision is not Decision.Install { Update: var update } || _task.Goal == UpdateGoal.Check)
        {
            return End(new UpdateOutcome.Decided(offer.Decision));
        }

        return _phase == Phase.Checking ? AskEveryone() : Confirmed(update);
    }

    // Step 12, or the last decision before the download.
    private IReadOnlyList<UpdateEffect> Confirmed(VerifiedUpdate update)
    {
        if (_downloaded is not null && _downloaded.IsSameDecisionAs(update)) return End(new UpdateOutcome.Ready(update));
        if (_downloads == MostDownloads) return End(new UpdateOutcome.KeptChanging(update));

        _downloads++;
        _downloaded = update;
        _phase = Phase.Downloading;
        return [new UpdateEffect.Download(update)];
    }

    private IReadOnlyList<UpdateEffect> OnDownload(bool isWhole) =>
        isWhole ? AskEveryone() : End(new UpdateOutcome.NotDownloaded(_downloaded!));

    private IReadOnlyList<UpdateEffect> AskEveryone() =>
        Begin(Phase.AskingEveryone, new NonceRound(_task, _candidates, _offers));

    private IReadOnlyList<UpdateEffect> End(UpdateOutcome outcome)
    {
        _phase = Phase.Ended;
        return [new UpdateEffect.Finish(outcome)];
    }
}
