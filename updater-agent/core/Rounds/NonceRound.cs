using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>
/// Nonce mode (step 4): asks everyone, one node after the other for the channel's bundle under the newest certified
/// checkpoint (steps 5 to 10), and for proofs that what others named are prefixes of it, until q nodes have said that they
/// know of nothing newer. What they say of the time is what everything here is judged by; the local clock is not asked.
/// </summary>
internal sealed class NonceRound(UpdateTask task, Candidates candidates, Offers offers) : Round(task, candidates, offers)
{
    // What q nodes have cosigned becomes certified within seconds, as their cosignatures travel.
    private const int MostTries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private Question _question;
    private int _tries;
    private NonceAnswers? _answers;
    private ClockReading _answered;
    private Offer? _offer;
    private PrefixCheck? _prefixes;
    private Suspicion? _suspicion;

    private enum Question
    {
        Everyone,
        Latest,
        Suspicion,
        Prefix,
    }

    public override NonceAnswers? Answers => _answers;

    private int Needed => Offers.Root.Quorum.Required;

    public override RoundStep Start()
    {
        _tries = 1;
        return new RoundStep.Asking(new UpdateEffect.AskEveryone(TimeSpan.Zero));
    }

    public override RoundStep On(UpdateEvent happened, ClockReading reading) => (happened, _question) switch
    {
        (UpdateEvent.EveryoneAnswered came, Question.Everyone) => OnAnswers(came, reading),
        (UpdateEvent.LatestCame came, Question.Latest) => OnLatest(came.Bundle, Now(reading)),
        (UpdateEvent.ConsistencyCame came, Question.Suspicion) => Refused(_suspicion!, came.Root, came.Proof),
        (UpdateEvent.ConsistencyCame came, Question.Prefix) => OnConsistency(came.Root, came.Proof),
        (UpdateEvent.NodeFailed, Question.Suspicion) => Refused(_suspicion!.Rejection),
        (UpdateEvent.NodeFailed failed, Question.Latest) => Failed(failed.Fault),
        (UpdateEvent.NodeFailed failed, Question.Prefix) => PrefixFailed(failed.Fault),
        _ => throw NotAskedFor(happened, _question),
    };

    protected override RoundStep AskNext()
    {
        // The suspicion was about one node's answer; what the next one is asked for is the bundle again.
        if (_question == Question.Suspicion) _question = Question.Latest;
        int node = Candidates.Next();
        return new RoundStep.Asking(_question switch
        {
            Question.Latest => new UpdateEffect.AskLatest(node, Offers.From),
            Question.Prefix => new UpdateEffect.AskConsistency(node, _prefixes!.Next!.Size, _offer!.Certified.Checkpoint.Size),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private RoundStep OnAnswers(UpdateEvent.EveryoneAnswered came, ClockReading reading)
    {
        _answers = NonceAnswers.Of(Offers.Root, came.Nonce, came.Answers);
        _answered = reading;
        foreach (var (node, _, fault) in _answers.Entries)
        {
            if (fault is not null) Candidates.Failed(node, fault);
        }

        var evidence = Convict(_answers.Contradictions()).ToList();
        if (_answers.IsForked) return Forked("two certified roots of one size").Behind(evidence);
        return Choose(_answers, Now(reading)).Behind(evidence);
    }

    private RoundStep Choose(NonceAnswers answers, long now)
    {
        if (answers.Time is null) return TooFew(answers.TooFew(null, []));
        if (answers.Newest is not { } newest) return TooFew(answers.Uncertified ?? answers.TooFew(null, []));

        if (Offers.Trusted is { } trusted)
        {
            if (newest.Checkpoint.Size == trusted.Size && newest.Checkpoint != trusted)
            {
                var second = Convict(Offers.Accuse(newest.Note)).ToList();
                return Forked($"two roots of size {trusted.Size}").Behind(second);
            }

            // Whoever made the trusted checkpoint known is gone, and the others have not got there: ask again later.
            if (newest.Checkpoint.Size < trusted.Size) return Again(answers.TooFew(trusted, []));
        }

        // Nodes that cosigned something newer do not count for this; soon it will be certified.
        int others = answers.Entries.Count(entry => entry.Own is not null) - answers.CountAhead(newest.Checkpoint);
        if (others < Needed) return Again(answers.TooFew(newest.Checkpoint, []));
        if (newest.Checkpoint == Offers.Trusted && Offers.FromStored(newest, now) is { } found)
        {
            return Offered(found.Offer).Behind(found.Effects);
        }

        return Ask(Question.Latest, newest.Checkpoint);
    }

    private RoundStep OnLatest(ReadOnlyMemory<byte> bytes, long now)
    {
        if (!Offers.Attest(bytes, now).TryGet(out var bundle, out var rejection))
        {
            if (!Suspicion.TryRaise(Offers.Trusted, bytes, rejection, out _suspicion))
                return Refused(rejection, again: then => OnLatest(bytes, Now(then)));

            _question = Question.Suspicion;
            return new RoundStep.Asking(_suspicion.Question(Candidates.Asked));
        }

        var persist = Offers.Advance(bundle);
        var size = bundle.Map.Certified.Checkpoint.Size;
        if (size < _answers!.Newest!.Checkpoint.Size)
        {
            var behind = new NodeFault(FaultKind.Behind, $"size {size}, and others showed {_answers.Newest.Checkpoint.Size}");
            return Failed(behind).Behind(persist);
        }

        if (!Offers.Offer(bundle, now).TryGet(out var offer, out rejection)) return Refused(rejection).Behind(persist);
        return Offered(offer).Behind([.. persist, .. Offers.Floor(offer), Offers.Keep(bundle)]);
    }

    private RoundStep Offered(Offer offer)
    {
        _offer = offer;
        _prefixes = new PrefixCheck(_answers!, Needed, offer.Certified.Checkpoint);
        return NextPrefix();
    }

    private RoundStep NextPrefix()
    {
        if (_prefixes!.IsQuorum)
        {
            var confirmed = new Confirmation(_answered.Boot, _answered.Uptime, _answered.Clock, _prefixes.Time);
            return new RoundStep.Found(_offer!).Behind(Offers.Confirm(confirmed));
        }

        if (_prefixes.Next is not null) return Ask(Question.Prefix, _offer!.Certified.Checkpoint);
        return _prefixes.MayBeQuorumLater ? Again(_prefixes.TooFew) : TooFew(_prefixes.TooFew);
    }

    private RoundStep OnConsistency(Digest root, ConsistencyProof proof)
    {
        var named = _prefixes!.Next!;
        var signers = _answers!.Entries.Where(entry => entry.Own == named).ToList();
        switch (_prefixes.Rule(root, proof))
        {
            case PrefixRuling.Shown: return NextPrefix();
            case PrefixRuling.Refuted: return NextPrefix().Behind(Convict(Accuse(signers, root, proof)).ToList());
            case PrefixRuling.NoProof:
                return PrefixFailed(NodeFault.Of(new Rejection(
                    RejectionReason.ConsistencyInvalid, $"its tiles do not lead from size {named.Size} to the certified log")));
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private RoundStep PrefixFailed(NodeFault fault)
    {
        Candidates.Failed(fault);
        if (Candidates.AreLeft) return AskNext();

        _prefixes!.NotShown();
        return NextPrefix();
    }

    // Whoever cosigned the certified log too has signed two histories.
    private List<Evidence> Accuse(IEnumerable<NonceEntry> signers, Digest root, ConsistencyProof proof)
    {
        if (!SignedNote.TryParse(_offer!.Certified.Note.Span, out var note)) return [];

        return [.. signers.SelectMany(entry => Prosecution.OfText(Offers.Root, entry.Node, entry.Said!, note, root, proof))];
    }

    private RoundStep Again(Rejection rejection)
    {
        if (_tries == MostTries) return TooFew(rejection);

        _tries++;
        _question = Question.Everyone;
        return new RoundStep.Asking(new UpdateEffect.AskEveryone(Pause));
    }

    private static RoundStep.Over Forked(string detail) =>
        new(new UpdateOutcome.Refused(new Rejection(RejectionReason.CheckpointForked, detail)));

    // The nodes' time, counted on by the steady clock.
    private long Now(ClockReading reading)
    {
        long passed = reading.Boot == _answered.Boot ? Math.Max(0, reading.Uptime - _answered.Uptime) : 0;
        return Math.Max(Offers.State.LatestTime, (_answers!.Time ?? 0) + passed);
    }

    // Who named the checkpoint is asked first.
    private RoundStep Ask(Question question, Checkpoint checkpoint)
    {
        _question = question;
        Candidates.Choose(Task.Order.OrderBy(node => _answers!.Entries[node].Own == checkpoint ? 0 : 1));
        return AskFirst();
    }
}
