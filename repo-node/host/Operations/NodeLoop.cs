using System.Threading.Channels;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
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
    private const int MaxWaiting = 1_024;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly Channel<Work> _waiting = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Replica _replica;
    private readonly FinalChain _chain;
    private readonly Cosigning _cosigning;
    private readonly SigningJournal _journal;
    private readonly NodeDatabase _database;
    private readonly ArtifactFetcher _fetcher;
    private readonly PeerNetwork _network;
    private readonly NodeState _state;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeLoop> _log;
    private readonly ITimer _timer;
    private readonly HashSet<Digest> _reading = [];

    public NodeLoop(
        Replica replica, FinalChain chain, Cosigning cosigning, SigningJournal journal, NodeDatabase database,
        ArtifactFetcher fetcher, PeerNetwork network, NodeState state, TimeProvider time, ILogger<NodeLoop> log)
    {
        _replica = replica;
        _chain = chain;
        _cosigning = cosigning;
        _journal = journal;
        _database = database;
        _fetcher = fetcher;
        _network = network;
        _state = state;
        _time = time;
        _log = log;
        _timer = time.CreateTimer(_ => Post(new ReplicaEvent.TimerFired()), null, Never, Never);
    }

    private CancellationToken Stop { get; set; }

    /// <summary>
    /// Hands in a client's submission; whatever is answered <see cref="SubmissionAnswer.Pending"/> is on the disk.
    /// </summary>
    public async Task<SubmissionAnswer> SubmitAsync(Envelope envelope, CancellationToken stop)
    {
        var answered = new TaskCompletionSource<SubmissionAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new Work.Submission(envelope, answered), stop);
        return await answered.Task.WaitAsync(stop);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReceiveAsync(ReceivedFrame frame, CancellationToken stop)
    {
        if (!PeerMessage.TryRead(frame.Type, frame.Body, out var message)) return false;

        await _waiting.Writer.WriteAsync(new Work.Event(new ReplicaEvent.Received((byte)frame.From, message)), stop);
        return true;
    }

    /// <summary>A peer has let this node in.</summary>
    public void OnConnected(int node) => Post(new ReplicaEvent.PeerConnected((byte)node));

    /// <summary>Works until <paramref name="stop"/>. Ends with an exception when the node must not go on.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Stop = stop;
        Step(new ReplicaEvent.Started(), null);
        foreach (var pending in _database.PendingSubmissions()) Resume(pending);
        Attest();
        Show();

        using var second = _time.CreateTimer(_ => Post(new Work.SecondPassed()), null, OneSecond, OneSecond);
        try
        {
            await foreach (var work in _waiting.Reader.ReadAllAsync(stop))
            {
                Do(work);
                Show();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Do(Work work)
    {
        switch (work)
        {
            case Work.Event(ReplicaEvent.Received(_, PeerMessage.Cosigned(var cosignature)) received):
                Step(received, null);
                _cosigning.Receive(cosignature);
                break;
            case Work.Event(ReplicaEvent.PeerConnected(var peer) connected):
                Step(connected, null);
                foreach (var cosignature in _cosigning.Newest) _network.Send(peer, cosignature);
                break;
            case Work.Event(var happened): Step(happened, null); break;
            case Work.Submission submission: Step(new ReplicaEvent.Submitted(submission.Envelope), submission); break;
            case Work.ArtifactRead(var sha256):
                _reading.Remove(sha256);
                _cosigning.ArtifactRead(sha256);
                break;
            case Work.SecondPassed: break;
        }

        Attest();
    }

    private void Attest()
    {
        _cosigning.Advance();
        foreach (var artifact in _cosigning.Missing)
        {
            if (_reading.Add(artifact.Sha256)) _ = HoldAsync(artifact, new Work.ArtifactRead(artifact.Sha256));
        }
    }

    private void Step(ReplicaEvent happened, Work.Submission? submission)
    {
        var effects = _replica.Step(happened, _time.GetUtcNow());
        foreach (var effect in effects)
        {
            if (effect is Effect.Persist(var record)) _journal.Append(new JournalFrame(record.Type, record.ToBody()));
        }

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
            case Effect.NeedArtifacts(var artifacts): Need(artifacts); break;
            case Effect.SendChain(var to, var height): SendChain(to, height); break;
            case Effect.Answer(_, var outcome): Answer(submission, outcome); break;
            case Effect.Drop(var id, var refusal): _database.RefuseSubmission(id, refusal.Name()); break;
            case Effect.RefuseProposal(var view, var refusal):
                _log.LogWarning("Refused the proposal of {View}: {Refusal}", view, refusal);
                break;
            case Effect.Convict(var evidence):
                _log.LogCritical(
                    "Node {Node} signed two votes that exclude each other in {View}",
                    evidence.First.Signer, evidence.First.View);
                break;
            case Effect.Distrust(var peer, var reason):
                _log.LogWarning("Peer {Peer} sent {Reason}", peer, reason);
                break;
            case Effect.Halt(var first, var second):
                throw new InvariantBrokenException(
                    $"at most f nodes lie, but certificates of {first.View} and {second.View} contradict each other");
        }
    }

    private void Deliver(FinalBlock final)
    {
        _chain.Append(final);
        _log.LogInformation(
            "Block {Height} is final: {Entries} entries, tree size {TreeSize}",
            final.Block.Header.Height, final.Block.Entries.Length, _chain.Tip.Ledger.Size);
        _cosigning.Extend(final);

        // Shown before it is forgotten: at no moment does the node know nothing of a statement it has taken.
        Show();
        if (!final.Block.Entries.IsEmpty) _database.ForgetSubmissions(final.Block.Entries.Select(IdOf));
    }

    private static Digest IdOf(ReadOnlyMemory<byte> entry)
    {
        Invariant.Holds(Envelope.TryRead(entry.Span, out var envelope), "a final entry is an envelope");
        return envelope.Id;
    }

    private void SetTimer(DateTimeOffset? at)
    {
        var due = at is { } wake ? wake - _time.GetUtcNow() : Never;
        _timer.Change(at is not null && due < TimeSpan.Zero ? TimeSpan.Zero : due, Never);
    }

    private void Need(IEnumerable<Artifact> artifacts)
    {
        foreach (var artifact in artifacts)
            _ = HoldAsync(artifact, new Work.Event(new ReplicaEvent.ArtifactsHeld([artifact.Sha256])));
    }

    private async Task HoldAsync(Artifact artifact, Work then)
    {
        try
        {
            await _fetcher.HoldAsync(artifact, Stop);
            Post(then);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private void SendChain(byte to, ulong height)
    {
        foreach (var (type, body) in _chain.PageAfter(height)) _network.Send(to, type, body);
    }

    private void Answer(Work.Submission? submission, SubmissionAnswer outcome)
    {
        if (submission is null) return;

        if (outcome is SubmissionAnswer.Pending)
            _database.AddSubmission(submission.Envelope.Id, submission.Envelope.ToBytes());
        submission.Answered.SetResult(outcome);
    }

    // What was pending when the node stopped is handed in again; it may have become final with its last breath.
    private void Resume(StoredSubmission pending)
    {
        Invariant.Holds(Envelope.TryRead(pending.Envelope, out var envelope), "a stored submission is an envelope");
        var submission = new Work.Submission(envelope, new TaskCompletionSource<SubmissionAnswer>());
        Step(new ReplicaEvent.Submitted(envelope), submission);
        if (submission.Answered.Task is not { IsCompleted: true, Result: SubmissionAnswer.Refused(var refusal) }) return;

        if (refusal == LedgerRefusal.Duplicate) _database.ForgetSubmissions([pending.Id]);
        else _database.RefuseSubmission(pending.Id, refusal.Name());
    }

    private void Show() => _state.Current =
        new NodeSnapshot(_replica.View, _replica.Pending, _chain.Tip, _cosigning.Certified, _cosigning.Cosigned);

    private void Post(ReplicaEvent happened) => Post(new Work.Event(happened));

    // From timers and callbacks, which do not wait; the event does.
    private void Post(Work work)
    {
        if (!_waiting.Writer.TryWrite(work)) _ = _waiting.Writer.WriteAsync(work, Stop).AsTask();
    }

    private abstract record Work
    {
        private Work()
        {
        }

        public sealed record Event(ReplicaEvent Happened) : Work;

        public sealed record Submission(Envelope Envelope, TaskCompletionSource<SubmissionAnswer> Answered) : Work;

        /// <summary>For the cosigner; the replica asks by itself.</summary>
        public sealed record ArtifactRead(Digest Sha256) : Work;

        public sealed record SecondPassed : Work;
    }
}
