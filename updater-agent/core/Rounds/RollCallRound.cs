using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>
/// Asks everyone for the checkpoint (step 4), one node after the other for the channel's bundle under the newest of them
/// (steps 5 to 10), and for the proofs that what others answered are prefixes of it, until q nodes have answered themselves.
/// </summary>
internal sealed class RollCallRound(UpdateTask task, Candidates candidates, Offers offers) : Round(task, candidates, offers)
{
    private Question _question;
    private RollCall? _roll;
    private Offer? _offer;
    private PrefixCheck? _prefixes;

    private enum Question
    {
        Everyone,
        Latest,
        Prefix,
    }

    public override RollCall? Roll => _roll;

    public override RoundStep Start() => new RoundStep.Asking(new UpdateEffect.AskEveryone());

    public override RoundStep On(UpdateEvent happened, long now) => (happened, _question) switch
    {
        (UpdateEvent.EveryoneAnswered came, Question.Everyone) => OnAnswers(came.Answers, now),
        (UpdateEvent.LatestCame came, Question.Latest) => OnLatest(came.Bundle, now),
        (UpdateEvent.ConsistencyCame came, Question.Prefix) => OnConsistency(came.Proof),
        (UpdateEvent.NodeFailed failed, Question.Latest) => Failed(failed.Fault),
        (UpdateEvent.NodeFailed failed, Question.Prefix) => PrefixFailed(failed.Fault),
        _ => throw NotAskedFor(happened, _question),
    };

    protected override RoundStep AskNext()
    {
        int node = Candidates.Next();
        return new RoundStep.Asking(_question switch
        {
            Question.Latest => new UpdateEffect.AskLatest(node, Offers.From),
            Question.Prefix => new UpdateEffect.AskConsistency(node, _prefixes!.Next!.Size, _offer!.Certified.Checkpoint.Size),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private RoundStep OnAnswers(IReadOnlyList<NodeAnswer> answers, long now)
    {
        _roll = RollCall.Of(Offers.Root, answers, now);
        foreach (var (node, _, fault) in _roll.Entries)
        {
            if (fault is not null) Candidates.Failed(node, fault);
        }

        if (_roll.IsForked)
        {
            var forked = new Rejection(RejectionReason.CheckpointForked, "two certified roots of one size");
            return new RoundStep.Over(new UpdateOutcome.Refused(forked));
        }

        if (_roll.Newest is not { } newest || !_roll.CanBeQuorum) return TooFew(_roll.TooFew(null, []));

        var trusted = Offers.Trusted;
        Invariant.Holds(trusted is not null, "a roll call follows a check, which trusts a checkpoint");
        if (newest.Checkpoint.Size == trusted.Size && newest.Checkpoint != trusted)
        {
            return new RoundStep.Over(new UpdateOutcome.Refused(UpdateVerifier.Extends(trusted, newest, null)!));
        }

        // Whoever made the trusted checkpoint known is gone, and the others have not got there: ask again later.
        if (newest.Checkpoint.Size < trusted.Size) return TooFew(_roll.TooFew(trusted, []));
        if (newest.Checkpoint == trusted && Offers.FromStored(newest.Note, now) is { } found)
        {
            return Offered(found.Offer).Behind(found.Effects);
        }

        return Ask(Question.Latest, newest.Checkpoint);
    }

    private RoundStep OnLatest(ReadOnlyMemory<byte> bytes, long now)
    {
        if (!Offers.Attest(bytes, now).TryGet(out var bundle, out var rejection))
            return Refused(rejection, then => OnLatest(bytes, then));

        var persist = Offers.Advance(bundle);
        var size = bundle.Map.Certified.Checkpoint.Size;
        if (size < _roll!.Newest!.Checkpoint.Size)
        {
            var behind = new NodeFault(FaultKind.Behind, $"size {size}, and others showed {_roll.Newest.Checkpoint.Size}");
            return Failed(behind).Behind(persist);
        }

        if (!Offers.Offer(bundle, now).TryGet(out var offer, out rejection)) return Refused(rejection).Behind(persist);
        return Offered(offer).Behind([.. persist, .. Offers.Floor(offer), Offers.Keep(bundle)]);
    }

    private RoundStep Offered(Offer offer)
    {
        _offer = offer;
        _prefixes = new PrefixCheck(_roll!, offer.Certified.Checkpoint);
        return NextPrefix();
    }

    private RoundStep NextPrefix()
    {
        if (_prefixes!.IsQuorum) return new RoundStep.Found(_offer!);
        return _prefixes.Next is null ? TooFew(_prefixes.TooFew) : Ask(Question.Prefix, _offer!.Certified.Checkpoint);
    }

    private RoundStep OnConsistency(ConsistencyProof proof)
    {
        if (UpdateVerifier.Extends(_prefixes!.Next, _offer!.Certified, proof) is { } rejection)
        {
            return PrefixFailed(NodeFault.Of(rejection));
        }

        _prefixes.Shown();
        return NextPrefix();
    }

    private RoundStep PrefixFailed(NodeFault fault)
    {
        Candidates.Failed(fault);
        if (Candidates.AreLeft) return AskNext();

        _prefixes!.NotShown();
        return NextPrefix();
    }

    // Who answered with the checkpoint is asked first.
    private RoundStep Ask(Question question, Checkpoint checkpoint)
    {
        _question = question;
        Candidates.Choose(Task.Order.OrderBy(node => _roll!.Entries[node].Own == checkpoint ? 0 : 1));
        return AskNext();
    }
}
