using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.RepoNode.Operations.Fetching;
using SupplyChain.RepoNode.Operations.Intake;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// The one place where this node's state changes: one event after the other goes through the replica and the attester,
/// and what they say is done in order. Everything to be persisted is on the disk before anything else is done; when
/// that fails, the loop ends and the process with it.
/// </summary>
internal sealed class NodeLoop : IPeerFrames, IDisposable
{
    // Of one peer, or of clients: what waits until the loop comes to it.
    private const int MaxWaiting = 1_024;
    private const long MaxWaitingBytes = 32 << 20;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly Replica _replica;
    private readonly FinalChain _chain;
    private readonly Cosigning _cosigning;
    private readonly Admission _admission;
    private readonly SigningJournal _journal;
    private readonly PendingSubmissions _pending;
    private readonly ArtifactErrands _errands;
    private readonly PeerNetwork _network;
    private readonly Banishment _banishment;
    private readonly NodeState _state;
    private readonly HostClocks _clocks;
    private readonly ClockWatch _watch;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeLoop> _log;
    private readonly ITimer _timer;
    private readonly Lanes<Work> _waiting;
    private readonly SignatureScreen _ofClients;
    private readonly SignatureScreen _ofPeers;
    private readonly ProposalScreen _ofLeaders;
    private readonly HashSet<Digest> _reading = [];

    public NodeLoop(
        Replica replica, FinalChain chain, Cosigning cosigning, Admission admission, SigningJournal journal,
        NodeDatabase database, ArtifactFetcher fetcher, PeerNetwork network, Banishment banishment, NodeState state,
        HostClocks clocks, ClockWatch watch, TimeProvider time, ILogger<NodeLoop> log)
    {
        _replica = replica;
        _chain = chain;
        _cosigning = cosigning;
        _admission = admission;
        _journal = journal;
        _pending = new PendingSubmissions(database);
        _errands = new ArtifactErrands(fetcher, Post);
        _network = network;
        _banishment = banishment;
        _state = state;
        _clocks = clocks;
        _watch = watch;
        _time = time;
        _log = log;
        // The lane with this node's own number is that of clients, timers and answers of its own.
        _waiting = new Lanes<Work>(chain.Tip.Ledger.TrustRoot.Nodes.Count, MaxWaiting, MaxWaitingBytes);
        _ofClients = new SignatureScreen(state, atOnce: 2);
        _ofPeers = new SignatureScreen(state, atOnce: 1);
        _ofLeaders = new ProposalScreen(new Committee(chain.Tip.Ledger.TrustRoot), state);
        _timer = time.CreateTimer(_ => Post(new Work.Event(new ReplicaEvent.TimerFired())), null, Never, Never);
    }

    private CancellationToken Stop { get; set; }

    /// <summary>Whether a client's submission is signed as it must be, and new: to be asked before it costs more.</summary>
    /// <returns>The rule that refuses it whatever else is waiting; null when there is none.</returns>
    public Task<LedgerRefusal?> ScreenAsync(Envelope envelope, CancellationToken stop) =>
        _ofClients.CheckAsync(envelope, stop);

    /// <summary>
    /// Hands in a client's submission, which was screened; whatever is answered <see cref="SubmissionAnswer.Pending"/> is
    /// on the disk.
    /// </summary>
    public async Task<SubmissionAnswer> SubmitAsync(Envelope envelope, CancellationToken stop)
    {
        var answered = new TaskCompletionSource<SubmissionAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.TryAdd(_replica.Self, new Work.Submission(envelope, answered), Limits.MaxEntrySize)
            ? await answered.Task.WaitAsync(stop)
            : new SubmissionAnswer.Full();
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReceiveAsync(ReceivedFrame frame, CancellationToken stop)
    {
        if (!PeerMessage.TryRead(frame.Type, frame.Body, out var message)) return false;

        // What a rule refuses here is no fault of the peer: it may be ahead of this node, or behind.
        if (message is PeerMessage.Submits(var envelope) && await _ofPeers.CheckAsync(envelope, stop) is not null)
            return true;
        if (message is PeerMessage.Proposed(var proposal)) await _ofLeaders.LookAsync(proposal, stop);

        var received = new Work.Event(new ReplicaEvent.Received((byte)frame.From, message));
        await _waiting.AddAsync(frame.From, received, frame.Body.Length, stop);
        return true;
    }

    /// <summary>A peer has let this node in.</summary>
    public void OnConnected(int node) => Post(new Work.Event(new ReplicaEvent.PeerConnected((byte)node)));

    /// <summary>Works until <paramref name="stop"/>. Ends with an exception when the node must not go on.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Stop = stop;
        Step(new ReplicaEvent.Started(), null);
        foreach (var pending in _pending.Stored) Resume(pending);
        Attest();
        Show();

        using var second = _time.CreateTimer(_ => Post(new Work.SecondPassed()), null, OneSecond, OneSecond);
        try
        {
            while (true)
            {
                Do(await _waiting.TakeAsync(stop));
                Attest();
                Show();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
            Remember();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _ofClients.Dispose();
        _ofPeers.Dispose();
        _ofLeaders.Dispose();
    }

    private void Do(Work work)
    {
        switch (work)
        {
            case Work.Event(ReplicaEvent.Received(var from, var message) received):
                Step(received, null);
                Hear(from, message);
                break;
            case Work.Event(ReplicaEvent.PeerConnected(var peer) connected):
                Step(connected, null);
                _watch.Tell(peer);
                _admission.Boot.Ask(peer);
                foreach (var cosignature in _cosigning.Newest) _network.Send(peer, cosignature);
                break;
            case Work.Event(var happened): Step(happened, null); break;
            case Work.Submission submission: Step(new ReplicaEvent.Submitted(submission.Envelope), submission); break;
            case Work.ArtifactRead(var sha256):
                _reading.Remove(sha256);
                _cosigning.ArtifactRead(sha256);
                break;
            case Work.SecondPassed:
                _admission.SecondPassed(_chain.Tip.Header.Height);
                _watch.SecondPassed(_chain.Tip.Ledger.TrustRoot.Freshness.Skew);
                Remember();
                break;
            case Work.Failed failed: failed.Rethrow(); break;
        }
    }

    // What the replica leaves to others.
    private void Hear(byte from, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Cosigned(var cosignature):
                if (!_cosigning.Receive(cosignature)) Banish(from, "a forged cosignature");
                break;
            case PeerMessage.Stands(var status): _admission.Heights.Hear(from, status.Height); break;
            case PeerMessage.AsksSigned(var question):
                Note();
                _network.Send(from, new PeerMessage.HasSigned(_admission.Testimony.About(from, question)));
                break;
            case PeerMessage.HasSigned(var signed): Learn(from, signed); break;
            case PeerMessage.TellsClock(var time): _watch.Hear(from, time); break;
        }
    }

    // A peer that was set back to an old snapshot hears of it, also when this node has restarted since.
    private void Remember()
    {
        Note();
        _admission.Testimony.Keep();
    }

    private void Note() => _admission.Testimony.Note(_replica.NewestVoteOf, _cosigning.NewestOf);

    private void Learn(byte from, LastSigned signed)
    {
        bool maySign = _admission.Boot.HasPassed;
        switch (_admission.Boot.Take(from, signed))
        {
            case BootVerdict.Waits: break;
            case BootVerdict.Passed:
                if (!maySign) Step(new ReplicaEvent.BootChecked(), null);
                break;
            case BootVerdict.Restored(var seen): throw _admission.Retire(seen);
            case BootVerdict.Forged: Banish(from, "a signature that this node never made"); break;
        }
    }

    private void Attest()
    {
        if (_admission.Boot.HasPassed) _cosigning.Advance();
        foreach (var artifact in _cosigning.Missing)
        {
            if (_reading.Add(artifact.Sha256))
                _ = _errands.HoldAsync(artifact, new Work.ArtifactRead(artifact.Sha256), otherwise: null, Stop);
        }
    }

    private void Step(ReplicaEvent happened, Work.Submission? submission)
    {
        var effects = _replica.Step(happened, _clocks.Now);
        _journal.Append(
            [.. effects.OfType<Effect.Persist>().Select(effect => new JournalFrame(effect.Record.Type, effect.Record.ToBody()))]);
        foreach (var effect in effects) CarryOut(effect, submission);
    }

    private void CarryOut(Effect effect, Work.Submission? submission)
    {
        switch (effect)
        {
            case Effect.Persist: break;
            case Effect.Send(var to, var message): _network.Send(to, message); break;
            case Effect.Broadcast(var message): _network.Broadcast(message); break;
            case Effect.SetTimer(var at): SetTimer(at); break;
            case Effect.Deliver(var final): Deliver(final); break;
            case Effect.NeedArtifacts(var artifacts): _errands.HoldForReplica(artifacts, Stop); break;
            case Effect.SendChain(var to, var height): SendChain(to, height); break;
            case Effect.Keep(var kept): _pending.Keep(kept, submission); break;
            case Effect.Answer(_, var outcome): submission?.Answered.SetResult(outcome); break;
            case Effect.Drop(var id, var refusal): _pending.Refuse(id, refusal); break;
            case Effect.RefuseProposal(var view, var refusal):
                _log.LogWarning("Refused the proposal of {View}: {Refusal}", view, refusal);
                break;
            case Effect.Convict(var evidence):
                _log.LogCritical(
                    "Node {Node} signed two votes that exclude each other in {View}",
                    evidence.First.Signer, evidence.First.View);
                break;
            case Effect.Distrust(var peer, var reason): Banish(peer, reason); break;
            case Effect.Halt(var first, var second):
                throw new InvariantBrokenException(
                    $"at most f nodes lie, but certificates of {first.View} and {second.View} contradict each other");
        }
    }

    private void Banish(byte peer, string reason)
    {
        var time = _banishment.Banish(peer);
        _log.LogWarning("Peer {Peer} sent {Reason}; it is kept out for {Seconds} s", peer, reason, time.TotalSeconds);
    }

    private void Deliver(FinalBlock final)
    {
        _chain.Append(final);
        _log.LogInformation(
            "Block {Height} is final: {Entries} entries, tree size {TreeSize}",
            final.Block.Header.Height, final.Block.Entries.Length, _chain.Tip.Ledger.Size);
        _cosigning.Extend(final);
        _admission.Holdings.Note(final.Executed.Artifacts);

        // Shown before it is forgotten: at no moment does the node know nothing of a statement it has taken.
        Show();
        _pending.Forget(final.Block);
    }

    private void SetTimer(DateTimeOffset? at)
    {
        var due = at is { } wake ? wake - _clocks.Steady : Never;
        _timer.Change(at is not null && due < TimeSpan.Zero ? TimeSpan.Zero : due, Never);
    }

    private void SendChain(byte to, ulong height)
    {
        foreach (var (type, body) in _chain.PageAfter(height)) _network.Send(to, type, body);
    }

    // What was pending when the node stopped is handed in again, in its order.
    private void Resume(StoredSubmission pending)
    {
        var submission = PendingSubmissions.ToWork(pending);
        Step(new ReplicaEvent.Submitted(submission.Envelope), submission);
        _pending.Settle(submission);
    }

    private void Show() => _state.Current = new NodeSnapshot(
        _replica.View, _replica.Pending, _chain.Tip, _cosigning.Certified, _cosigning.Cosigned,
        _admission.ProgressAt(_chain.Tip.Header.Height), _watch.Peers);

    // From timers and callbacks, which do not wait.
    private void Post(Work work) => _waiting.Add(_replica.Self, work);
}
