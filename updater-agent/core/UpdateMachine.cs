using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Policy;

namespace SupplyChain.UpdaterAgent.Core;

/// <summary>
/// Carries one update through docs/protocol.md §7, as events in and effects out.
/// <code>
///   check      ask one node: checkpoint (3), and unless it is the trusted one, latest (5, 6, 8, 9), decide (10)
///   install    the same, then twice a roll call: ask everyone (3, 4), latest, prefixes, decide (5 to 10);
///              between the two the download (11); the second must decide the same (12)
/// </code>
/// A node that fails or is refused is noted and the next one asked. The state persists (7) as soon as the checkpoint is
/// certified, consistent and of the root in use, whatever comes after.
/// </summary>
public sealed class UpdateMachine
{
    // A channel that moves during every download is asked again so often.
    private const int MostDownloads = 3;

    private readonly UpdateTask _task;
    private readonly UpdateVerifier _verifier;
    private readonly List<NodeFailure> _failures = [];
    private readonly Queue<int> _candidates = [];
    private readonly Queue<Checkpoint> _prefixes = [];
    private readonly HashSet<Checkpoint> _shown = [];

    private TrustedState _state;
    private UpdateProof? _proof;
    private Phase _phase;
    private int _asked;
    private int _failuresBefore;
    private RollCall? _roll;
    private Offer? _offer;
    private VerifiedUpdate? _downloaded;
    private int _downloads;

    public UpdateMachine(UpdateTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        _task = task;
        _verifier = new UpdateVerifier(task.Root);
        _state = task.State;
        _proof = task.LastProof;
    }

    private enum Phase
    {
        NotStarted,
        AskingCheckpoint,
        AskingLatest,
        AskingEveryone,
        AskingPrefix,
        Downloading,
        Ended,
    }

    /// <summary>Every question that was not answered well, oldest first.</summary>
    public IReadOnlyList<NodeFailure> Failures => _failures;

    /// <summary>The certified checkpoint of the last decision; null before one.</summary>
    public CertifiedCheckpoint? Certified => _offer?.Certified;

    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public IReadOnlyList<UpdateEffect> Start()
    {
        if (_phase != Phase.NotStarted) throw new InvalidOperationException("A machine runs once.");

        Choose(_task.Order);
        return NextCandidate(Phase.AskingCheckpoint);
    }

    /// <param name="happened">The answer to the last effect that asked for one.</param>
    /// <param name="clock">Unix seconds. Below the trusted time it is wrong, and that time is used.</param>
    /// <exception cref="InvalidOperationException">Nothing asked for this event.</exception>
    public IReadOnlyList<UpdateEffect> On(UpdateEvent happened, long clock)
    {
        long now = Math.Max(clock, _state.LatestTime);
        return (happened, _phase) switch
        {
            (UpdateEvent.CheckpointCame came, Phase.AskingCheckpoint) => OnCheckpoint(came.Note, now),
            (UpdateEvent.LatestCame came, Phase.AskingLatest) => OnLatest(came.Bundle, now),
            (UpdateEvent.EveryoneAnswered came, Phase.AskingEveryone) => OnAnswers(came.Answers, now),
            (UpdateEvent.ConsistencyCame came, Phase.AskingPrefix) => OnConsistency(came.Proof),
            (UpdateEvent.NodeFailed failed, Phase.AskingCheckpoint or Phase.AskingLatest) => Failed(failed.Fault),
            (UpdateEvent.NodeFailed failed, Phase.AskingPrefix) => PrefixFailed(failed.Fault),
            (UpdateEvent.DownloadEnded ended, Phase.Downloading) => OnDownload(ended.IsWhole),
            _ => throw new InvalidOperationException($"{happened.GetType().Name} does not answer {_phase}."),
        };
    }

    // Step 3, alone: an unchanged checkpoint ends a check, because the map under it is unchanged too.
    private IReadOnlyList<UpdateEffect> OnCheckpoint(ReadOnlyMemory<byte> note, long now)
    {
        if (!_verifier.Certify(note.Span, now).TryGet(out var certified, out var rejection)) return Refused(rejection);

        var next = certified.Checkpoint;
        if (_state.Checkpoint is { } trusted && next.Size <= trusted.Size && next != trusted)
        {
            return Refused(UpdateVerifier.Extends(trusted, certified, null)!);
        }

        if (next == _state.Checkpoint && TryReuse(note, now, out var effects)) return effects;

        _phase = Phase.AskingLatest;
        return [new UpdateEffect.AskLatest(_asked, From)];
    }

    // Steps 3, 5 to 9, in one answer.
    private IReadOnlyList<UpdateEffect> OnLatest(ReadOnlyMemory<byte> bundle, long now)
    {
        if (!UpdateProof.TryRead(bundle.Span, out var proof))
        {
            return Refused(new Rejection(RejectionReason.ProofMalformed, $"{bundle.Length} bytes that are no bundle"));
        }

        if (!_verifier.Attest(proof, Request, now).TryGet(out var map, out var rejection)) return Refused(rejection);

        var persisted = Advance(map.Certified);
        var size = map.Certified.Checkpoint.Size;
        if (_roll?.Newest is { } newest && size < newest.Checkpoint.Size)
        {
            var behind = new NodeFault(FaultKind.Behind, $"size {size}, and others showed {newest.Checkpoint.Size}");
            return [persisted, .. Failed(behind)];
        }

        if (!TryOffer(proof, map, now, out var offer, out rejection)) return [persisted, .. Refused(rejection)];

        _proof = proof;
        return [persisted, .. Floor(offer), new UpdateEffect.KeepProof(proof), .. Offered(offer)];
    }

    // Step 4: the answers of all.
    private IReadOnlyList<UpdateEffect> OnAnswers(IReadOnlyList<NodeAnswer> answers, long now)
    {
        _roll = RollCall.Of(_task.Root, answers, now);
        foreach (var (node, _, fault) in _roll.Entries)
        {
            if (fault is not null) _failures.Add(new NodeFailure(node, fault));
        }

        if (_roll.IsForked)
        {
            var forked = new Rejection(RejectionReason.CheckpointForked, "two certified roots of one size");
            return End(new UpdateOutcome.Refused(forked));
        }

        if (_roll.Newest is not { } newest || !_roll.CanBeQuorum) return TooFew(null);

        var trusted = _state.Checkpoint;
        Invariant.Holds(trusted is not null, "a roll call follows a check, which trusts a checkpoint");
        if (newest.Checkpoint.Size == trusted.Size && newest.Checkpoint != trusted)
        {
            return End(new UpdateOutcome.Refused(UpdateVerifier.Extends(trusted, newest, null)!));
        }

        // Whoever made the trusted checkpoint known is gone, and the others have not got there: ask again later.
        if (newest.Checkpoint.Size < trusted.Size) return TooFew(trusted);
        if (newest.Checkpoint == trusted && TryReuse(newest.Note, now, out var effects)) return effects;

        Choose(_task.Order.OrderBy(node => _roll.Entries[node].Own == newest.Checkpoint ? 0 : 1));
        return NextCandidate(Phase.AskingLatest);
    }

    // The stored bundle under the note that was just seen: the same tree, so the same proofs.
    private bool TryReuse(ReadOnlyMemory<byte> note, long now, out IReadOnlyList<UpdateEffect> effects)
    {
        effects = [];
        if (_proof is null) return false;

        var proof = _proof with { Note = note, Consistency = null };
        if (!_verifier.Attest(proof, Request, now).TryGet(out var map, out _)) return false;
        if (!TryOffer(proof, map, now, out var offer, out _)) return false;

        effects = [Advance(map.Certified), .. Floor(offer), .. Offered(offer)];
        return true;
    }

    private bool TryOffer(
        UpdateProof proof, AttestedMap map, long now,
        [NotNullWhen(true)] out Offer? offer,
        [NotNullWhen(false)] out Rejection? rejection)
    {
        offer = null;
        if (_verifier.Verify(proof, Request, map).TryGet(out var update, out rejection))
        {
            var floor = _state.FloorOf(_task.Product, _task.Channel);
            offer = new Offer(map.Certified, update, InstallPolicy.Decide(update, _task.Situation, floor, now));
        }
        else if (rejection.Reason == RejectionReason.ChannelAbsent)
        {
            offer = new Offer(map.Certified, null, new Decision.NothingReleased());
        }

        return offer is not null;
    }

    // A verified answer: the end of a check, or the start or the middle of a roll call.
    private IReadOnlyList<UpdateEffect> Offered(Offer offer)
    {
        _offer = offer;
        if (_roll is not null)
        {
            _shown.Clear();
            _prefixes.Clear();
            foreach (var prefix in _roll.PrefixesOf(offer.Certified.Checkpoint)) _prefixes.Enqueue(prefix);
            return AfterPrefix();
        }

        if (_task.Goal == UpdateGoal.Install && offer.Decision is Decision.Install) return AskEveryone();
        return End(new UpdateOutcome.Decided(offer.Decision));
    }

    private IReadOnlyList<UpdateEffect> AfterPrefix()
    {
        var target = _offer!.Certified.Checkpoint;
        if (_roll!.IsQuorumFor(target, _shown)) return RollCalled();
        if (_prefixes.Count == 0) return TooFew(target);

        Choose(_task.Order.OrderBy(node => _roll.Entries[node].Own == target ? 0 : 1));
        return NextCandidate(Phase.AskingPrefix);
    }

    private IReadOnlyList<UpdateEffect> OnConsistency(ConsistencyProof proof)
    {
        if (UpdateVerifier.Extends(_prefixes.Peek(), _offer!.Certified, proof) is { } rejection)
        {
            return PrefixFailed(NodeFault.Of(rejection));
        }

        _shown.Add(_prefixes.Dequeue());
        return AfterPrefix();
    }

    private IReadOnlyList<UpdateEffect> PrefixFailed(NodeFault fault)
    {
        _failures.Add(new NodeFailure(_asked, fault));
        if (_candidates.Count > 0) return NextCandidate(Phase.AskingPrefix);

        // Nobody can show it: its nodes do not count.
        _prefixes.Dequeue();
        return AfterPrefix();
    }

    // Step 12, or the last decision before the download.
    private IReadOnlyList<UpdateEffect> RollCalled()
    {
        var decision = _offer!.Decision;
        if (decision is not Decision.Install { Update: var update }) return End(new UpdateOutcome.Decided(decision));
        if (_downloaded is not null && _downloaded.IsSameDecisionAs(update)) return End(new UpdateOutcome.Ready(update));
        if (_downloads == MostDownloads) return End(new UpdateOutcome.KeptChanging(update));

        _downloads++;
        _downloaded = update;
        _phase = Phase.Downloading;
        return [new UpdateEffect.Download(update)];
    }

    private IReadOnlyList<UpdateEffect> OnDownload(bool isWhole) =>
        isWhole ? AskEveryone() : End(new UpdateOutcome.NotDownloaded(_downloaded!));

    private IReadOnlyList<UpdateEffect> AskEveryone()
    {
        _phase = Phase.AskingEveryone;
        return [new UpdateEffect.AskEveryone()];
    }

    private IReadOnlyList<UpdateEffect> Refused(Rejection rejection)
    {
        if (rejection.Reason != RejectionReason.CheckpointForked) return Failed(NodeFault.Of(rejection));

        // Two quorums contradict each other: no other node can make that good.
        _failures.Add(new NodeFailure(_asked, NodeFault.Of(rejection)));
        return End(new UpdateOutcome.Refused(rejection));
    }

    // In a check every node is asked for its checkpoint first; in a roll call that is known.
    private IReadOnlyList<UpdateEffect> Failed(NodeFault fault)
    {
        _failures.Add(new NodeFailure(_asked, fault));
        return _candidates.Count > 0 ? NextCandidate(_roll is null ? Phase.AskingCheckpoint : Phase.AskingLatest) : GiveUp();
    }

    private void Choose(IEnumerable<int> order)
    {
        _candidates.Clear();
        _failuresBefore = _failures.Count;
        foreach (int node in order) _candidates.Enqueue(node);
    }

    private IReadOnlyList<UpdateEffect> NextCandidate(Phase phase)
    {
        _phase = phase;
        _asked = _candidates.Dequeue();
        return phase switch
        {
            Phase.AskingCheckpoint => [new UpdateEffect.AskCheckpoint(_asked)],
            Phase.AskingLatest => [new UpdateEffect.AskLatest(_asked, From)],
            _ => [new UpdateEffect.AskConsistency(_asked, _prefixes.Peek().Size, _offer!.Certified.Checkpoint.Size)],
        };
    }

    // What a node said against verification outweighs that others were silent; too few attestations are silence.
    private IReadOnlyList<UpdateEffect> GiveUp()
    {
        var rejections = _failures.Skip(_failuresBefore).Select(failure => failure.Fault.Rejection).OfType<Rejection>().ToList();
        var refused = rejections.Find(
            one => one.Reason is not (RejectionReason.CheckpointNotCertified or RejectionReason.CheckpointStale));
        if (refused is not null) return End(new UpdateOutcome.Refused(refused));

        var silence = new Rejection(RejectionReason.NotEnoughAnswers, $"none of {_task.Root.Nodes.Count} nodes gave a whole answer");
        return End(new UpdateOutcome.NoQuorum(rejections.FirstOrDefault() ?? silence, _roll));
    }

    private IReadOnlyList<UpdateEffect> TooFew(Checkpoint? target) =>
        End(new UpdateOutcome.NoQuorum(_roll!.TooFew(target, _shown), _roll));

    private IReadOnlyList<UpdateEffect> End(UpdateOutcome outcome)
    {
        _phase = Phase.Ended;
        return [new UpdateEffect.Finish(outcome)];
    }

    // Step 7.
    private UpdateEffect.Persist Advance(CertifiedCheckpoint certified)
    {
        _state = _state.Advance(certified);
        return new UpdateEffect.Persist(_state);
    }

    // The end of step 9.
    private IEnumerable<UpdateEffect> Floor(Offer offer)
    {
        if (offer.Update is null) yield break;

        var raised = _state.RaiseFloor(_task.Product, _task.Channel, offer.Update.Release.Version);
        if (ReferenceEquals(raised, _state)) yield break;

        _state = raised;
        yield return new UpdateEffect.Persist(_state);
    }

    private UpdateRequest Request => new(_task.Product, _task.Channel, _state.Checkpoint);

    private ulong From => _state.Checkpoint?.Size.Value ?? 0;

    private sealed record Offer(CertifiedCheckpoint Certified, VerifiedUpdate? Update, Decision Decision);
}
