using SupplyChain.Protocol.Log;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>
/// Asks one node after the other what the channel offers, until one answers well: its checkpoint (step 3), and unless that
/// is the trusted one, the bundle of the channel (steps 5 to 10).
/// </summary>
internal sealed class CheckRound(UpdateTask task, Candidates candidates, Offers offers) : Round(task, candidates, offers)
{
    private bool _isAskingLatest;
    private TreeSize _shown;

    public override RoundStep Start()
    {
        Candidates.Choose(Task.Order);
        return AskNext();
    }

    public override RoundStep On(UpdateEvent happened, long now) => happened switch
    {
        UpdateEvent.CheckpointCame came when !_isAskingLatest => OnCheckpoint(came.Note, now),
        UpdateEvent.LatestCame came when _isAskingLatest => OnLatest(came.Bundle, now),
        UpdateEvent.NodeFailed failed => Failed(failed.Fault),
        _ => throw NotAskedFor(happened, _isAskingLatest ? "the question for the latest" : "the question for a checkpoint"),
    };

    protected override RoundStep AskNext()
    {
        _isAskingLatest = false;
        return new RoundStep.Asking(new UpdateEffect.AskCheckpoint(Candidates.Next()));
    }

    // An unchanged checkpoint ends a check, because the map under it is unchanged too.
    private RoundStep OnCheckpoint(ReadOnlyMemory<byte> note, long now)
    {
        if (!Offers.Certify(note, now).TryGet(out var certified, out var rejection)) return Refused(rejection);
        if (certified.Checkpoint == Offers.Trusted && Offers.FromStored(note, now) is { } found) return found;

        _isAskingLatest = true;
        _shown = certified.Checkpoint.Size;
        return new RoundStep.Asking(new UpdateEffect.AskLatest(Candidates.Asked, Offers.From));
    }

    private RoundStep OnLatest(ReadOnlyMemory<byte> bytes, long now)
    {
        if (!Offers.Attest(bytes, now).TryGet(out var bundle, out var rejection))
            return Refused(rejection, then => OnLatest(bytes, then));

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
}
