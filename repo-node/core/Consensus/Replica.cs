using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Peers;
using SupplyChain.RepoNode.Core.Consensus.Proposing;
using SupplyChain.RepoNode.Core.Consensus.Voting;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// One node of the ordering protocol: Simplex (Chan and Pass, eprint 2023/463) for n = 3f + 1 nodes, quorum q = 2f + 1.
/// <list type="number">
/// <item>In view v one leader proposes a block on a notarised parent and shows that all views between are
/// nullified.</item>
/// <item>Whoever finds the block valid votes NOTARIZE for it, once per view. q of these notarise it.</item>
/// <item>Whose timer ends first votes NULLIFY instead or as well. q of these nullify the view.</item>
/// <item>Either certificate ends the view. Who sees the notarisation and has not voted NULLIFY votes FINALIZE.</item>
/// <item>q FINALIZE make the block and all its ancestors final.</item>
/// </list>
/// Safe, because two quorums share an honest node: a view has one notarised block at most, and is never both finalised
/// and nullified, so every later proposal must build on what is final.
/// </summary>
/// <remarks>
/// Where we differ from the paper: blocks are executed before the vote and their roots stand in the header; views run
/// on demand, so that an idle network is silent; the timer grows until something is final; leaders take turns;
/// certificates carry their signers; f + 1 NULLIFY in the own view start its timer, since an honest node has work
/// there. Pure: the same events at the same times give the same effects. Not safe for several threads.
/// <para>
/// Every step takes its event and then does whatever has become possible. <see cref="Inbox"/> hears the peers,
/// <see cref="Voter"/> and <see cref="Proposer"/> decide, <see cref="Certification"/> turns votes into certificates and
/// those into views and final blocks, <see cref="Wants"/> asks for what is missing; they share one
/// <see cref="ReplicaState"/> and write into one <see cref="Outbox"/>.
/// </para>
/// </remarks>
public sealed class Replica
{
    private readonly ReplicaState _state;
    private readonly Outbox _outbox = new();
    private readonly ArtifactGate _artifacts;
    private readonly Submissions _submissions;
    private readonly Pacemaker _pacemaker;
    private readonly Demand _demand;
    private readonly Delivery _delivery;
    private readonly Certification _certification;
    private readonly CatchUp _catchUp;
    private readonly Wants _wants;
    private readonly Proposer _proposer;
    private readonly Voter _voter;
    private readonly Inbox _inbox;
    private readonly Reminder _reminder;
    private DateTimeOffset? _timer;

    private Replica(ReplicaState state, Ed25519PrivateKey voteKey)
    {
        var committee = state.Committee;
        var fetcher = new Fetcher(state.Self, committee.Size);
        _state = state;
        _artifacts = new ArtifactGate(_outbox);
        _submissions = new Submissions(state.Tip.Ledger, _artifacts);
        _pacemaker = new Pacemaker(state.Self, committee.Size, committee.Quorum.Required);
        _demand = new Demand(state, _submissions, _pacemaker);
        _delivery = new Delivery(state, _submissions, _artifacts, _outbox);
        _certification = new Certification(state, voteKey, _delivery, _pacemaker, _outbox);
        _catchUp = new CatchUp(state.Certificates, state.Tree, state.Log, state.Pool);
        _wants = new Wants(state, fetcher, _outbox);
        _proposer = new Proposer(state, _submissions, _demand, _certification, _wants, _outbox);
        _voter = new Voter(state, _certification, _pacemaker, _artifacts, _wants, _outbox);
        _inbox = new Inbox(
            state, _certification, _delivery, _submissions, _artifacts, _proposer, _catchUp, fetcher, _outbox);
        _reminder = new Reminder(state, _submissions, _catchUp, _proposer, _outbox);
    }

    /// <summary>This node's number in the root's order.</summary>
    public byte Self => _state.Self;

    public View View => _state.View;

    /// <summary>The newest delivered block and the ledger after it.</summary>
    public ChainTip Tip => _state.Tip;

    /// <summary>Submissions that wait to be ordered.</summary>
    public int Pending => _submissions.Count;

    /// <summary>
    /// Goes on where a node stopped: on its stored final chain, bound by everything in its signing journal. An empty
    /// journal and the genesis make a new node.
    /// </summary>
    /// <param name="committee">The epoch's nodes.</param>
    /// <param name="voteKey">This node's; it stays the caller's to dispose.</param>
    /// <param name="tip">The newest stored final block; older than the journal's finalisation if the process died in
    /// between.</param>
    /// <param name="journal">All records in their order; cosigned checkpoints are skipped.</param>
    /// <param name="silent">Sign nothing until <see cref="ReplicaEvent.BootChecked"/>.</param>
    /// <exception cref="ArgumentException">The key is none of the committee's.</exception>
    /// <exception cref="InvariantBrokenException">The journal contradicts itself or the chain.</exception>
    public static Replica Restore(
        Committee committee, Ed25519PrivateKey voteKey, ChainTip tip, IEnumerable<JournalRecord> journal,
        bool silent = false)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(voteKey);
        ArgumentNullException.ThrowIfNull(tip);
        ArgumentNullException.ThrowIfNull(journal);

        byte? self = committee.IndexOf(voteKey.PublicKey);
        if (self is null) throw new ArgumentException("The vote key is not one of the committee's.", nameof(voteKey));

        var state = new ReplicaState(committee, self.Value, tip);
        state.Recall(journal);
        state.Log.IsSilent = silent;
        return new Replica(state, voteKey);
    }

    /// <summary>The same where one clock serves for both.</summary>
    public IReadOnlyList<Effect> Step(ReplicaEvent happened, DateTimeOffset now) => Step(happened, new Moment(now, now));

    /// <summary>
    /// Takes one event and says what to do, in order.
    /// </summary>
    /// <param name="happened">The event.</param>
    /// <param name="now">The host's clocks.</param>
    public IReadOnlyList<Effect> Step(ReplicaEvent happened, Moment now)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (_certification.IsHalted) return [];

        _state.AdvanceTo(now);
        switch (happened)
        {
            case ReplicaEvent.Started: OnStarted(); break;
            case ReplicaEvent.BootChecked: _state.Log.IsSilent = false; break;
            case ReplicaEvent.Received(var from, var message): OnReceived(from, message); break;
            case ReplicaEvent.PeerConnected(var peer): _outbox.Send(peer, Standing()); break;
            case ReplicaEvent.Submitted(var envelope): OnSubmitted(envelope); break;
            case ReplicaEvent.ArtifactsHeld(var artifacts): _artifacts.Answer(artifacts); break;
            case ReplicaEvent.ArtifactsRuledOut(var artifacts): OnRuledOut(artifacts); break;
            case ReplicaEvent.TimerFired: _timer = null; break;
        }

        Settle();
        return _outbox.Take();
    }

    /// <summary>What the journal says this node has voted; to be asked for before the first step.</summary>
    public JournaledVotes Journaled() => new(_state.Certificates.LastFinal, [.. _state.Log.All]);

    /// <summary>The highest vote of a node that this one has seen; for its boot check.</summary>
    public Vote? NewestVoteOf(byte node) => _state.Pool.Newest(node);

    /// <summary>
    /// The journal records that a restart still needs; a host that compacts its journal writes these anew.
    /// </summary>
    public IReadOnlyList<JournalRecord> Retained() => _state.Retained();

    private void OnStarted()
    {
        _outbox.Broadcast(Standing());
        _delivery.Deliver(_state.Certificates.Finalisation);
    }

    private void OnReceived(byte from, PeerMessage message)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, _state.Committee.Size);
        ArgumentOutOfRangeException.ThrowIfEqual(from, Self);
        _pacemaker.Heard(from);
        _inbox.Take(from, message);
    }

    private void OnSubmitted(Envelope envelope)
    {
        var (answer, taken) = _submissions.Add(envelope, from: null);
        if (taken is not null) _outbox.Add(new Effect.Keep(envelope));
        _outbox.Add(new Effect.Answer(envelope.Id, answer));
        if (taken is null) return;

        _outbox.Broadcast(new PeerMessage.Submits(envelope));
        _artifacts.Need(taken.Artifacts);
    }

    private void OnRuledOut(IReadOnlyCollection<Artifact> artifacts)
    {
        _artifacts.RuleOut(artifacts);
        _submissions.RemoveImpossible();
    }

    private PeerMessage.Stands Standing() => new(_catchUp.Status(View));

    /// <summary>Does everything that has become possible, then asks for what is missing and sets the timers.</summary>
    private void Settle()
    {
        View before;
        do
        {
            before = View;
            Advance();
        }
        while (View != before && !_certification.IsHalted);

        if (_certification.IsHalted) return;

        if (_state.Lags) _wants.Chain();
        _wants.Ask();
        if (_demand.IsBusy || _state.Lags) _pacemaker.KeepRetrying(_state.Now);
        else _pacemaker.StopRetrying();
        if (_pacemaker.TakeRetry(_state.Now)) _reminder.Repeat();
        SetTimer();
    }

    private void Advance()
    {
        _wants.Clear();
        if (_demand.IsBusy) _pacemaker.Arm(_state.Now);
        else _pacemaker.StopView();

        _voter.GiveUp();
        _proposer.Propose();
        _voter.Vote();
    }

    private void SetTimer()
    {
        var wake = _pacemaker.NextWake(_state.Log.MayNullify(View), _state.ViewsSinceFinal, _state.Now);
        if (wake == _timer) return;

        _timer = wake;
        _outbox.Add(new Effect.SetTimer(wake));
    }
}
