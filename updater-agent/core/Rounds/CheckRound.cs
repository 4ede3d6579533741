using SupplyChain.Protocol.Log;
using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>
/// Asks one node after the other what the channel offers, until one answers well: its checkpoint (step 3), and unless that
/// is the trusted one, the bundle of the channel (steps 5 to 10).
/// </summary>
internal sealed class CheckRound(UpdateTask task, Candidates candidates, Offers offers) : Round(task, candidates, offers)
{
    private Question _question;
    private Suspicion? _suspicion;
    private TreeSize _shown;

    private enum Question
    {
        Checkpoint,
        Latest,
        Consistency,
    }

    public override RoundStep Start()
    {
        Candidates.Choose(Task.Order);
        return AskFirst();
    }

    public override RoundStep On(UpdateEvent happened, ClockReading reading) => (happened, _question) switch
    {
        (UpdateEvent.CheckpointCame came, Question.Checkpoint) => OnCheckpoint(came.Note, Now(reading)),
        (UpdateEvent.LatestCame came, Question.Latest) => OnLatest(came.Bundle, Now(reading)),
        (UpdateEvent.ConsistencyCame came, Question.Consistency) => Refused(_suspicion!, came.Root, came.Proof),
        (UpdateEvent.NodeFailed, Question.Consistency) => Refused(_suspicion!.Rejection),
        (UpdateEvent.NodeFailed failed, _) => Failed(failed.Fault),
        _ => throw NotAskedFor(happened, _question),
    };

    protected override RoundStep AskNext()
    {
        _question = Question.Checkpoint;
        return new RoundStep.Asking(new UpdateEffect.AskCheckpoint(Candidates.Next()));
    }

    // An unchanged checkpoint ends a check, because the map under it is unchanged too.
    private RoundStep OnCheckpoint(ReadOnlyMemory<byte> note, long now)
    {
        if (!Offers.Certify(note, now).TryGet(out var certified, out var rejection)) return Refused(rejection, note);
        if (certified.Checkpoint == Offers.Trusted && Offers.FromStored(certified, now) is { } found) return found;

        _question = Question.Latest;
        _shown = certified.Checkpoint.Size;
        return new RoundStep.Asking(new UpdateEffect.AskLatest(Candidates.Asked, Offers.From));
    }

    private RoundStep OnLatest(ReadOnlyMemory<byte> bytes, long now)
    {
        if (!Offers.Attest(bytes, now).TryGet(out var bundle, out var rejection))
        {
            if (!Suspicion.TryRaise(Offers.Trusted, bytes, rejection, out _suspicion))
                return Refused(rejection, again: then => OnLatest(bytes, Now(then)));

            _question = Question.Consistency;
            return new RoundStep.Asking(_suspicion.Question(Candidates.Asked));
        }

        var persist = Offers.Advance(bundle);
        var size = bundle.Map.Certified.Checkpoint.Size;
        if (size < _shown)
        {
            // A cache before the node that keeps bundles for too long.
            return Failed(new NodeFault(FaultKind.Behind, $"size {size}, and its checkpoint has {_shown}")).Behind(persist);
        }

        if (!Offers.Offer(bundle, now).TryGet(out var offer, out rejection)) return Refused(rejection).Behind(persist);
        return new RoundStep.Found(offer).Behind([.. persist, .. Offers.Floor(offer), Offers.Keep(bundle)]);
    }

    // A clock that jumped in the meantime counts for nothing, and the trusted time is safe.
    private long Now(ClockReading reading) =>
        NetworkTime.Of(Offers.State, reading, Offers.Root.Freshness.Skew) ?? Offers.State.LatestTime;
}
