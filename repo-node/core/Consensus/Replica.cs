using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Proposing;
using SupplyChain.RepoNode.Core.Consensus.Voting;
using SupplyChain.RepoNode.Core.Ledger;

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
/// </remarks>
public sealed class Replica
{
    private readonly Committee _committee;
    private readonly byte _self;
    private readonly Ed25519PrivateKey _voteKey;

    private readonly VoteLog _log = new();
    private readonly VotePool _pool;
    private readonly CertificateStore _certificates;
    private readonly BlockTree _tree;
    private readonly Submissions _submissions;
    private readonly ArtifactGate _artifacts = new();
    private readonly ProposalRules _rules;
    private readonly CatchUp _catchUp;
    private readonly Fetcher _fetcher;
    private readonly Pacemaker _pacemaker;
    private readonly Allowance _allowance;

    private readonly Dictionary<View, Block> _proposals = [];
    private readonly HashSet<View> _bad = [];
    private readonly List<(PeerMessage Question, byte First)> _wants = [];
    private List<Effect> _effects = [];
    private DateTimeOffset _now;
    private DateTimeOffset? _timer;
    private bool _halted;

    private Replica(Committee committee, Ed25519PrivateKey voteKey, ChainTip tip)
    {
        byte? self = committee.IndexOf(voteKey.PublicKey);
        if (self is null) throw new ArgumentException("The vote key is not one of the committee's.", nameof(voteKey));

        _committee = committee;
        _self = self.Value;
        _voteKey = voteKey;
        _pool = new VotePool(committee);
        _certificates = new CertificateStore(tip);
        _tree = new BlockTree(tip);
        _submissions = new Submissions(tip.Ledger, _artifacts);
        _rules = new ProposalRules(_certificates, _tree, _artifacts);
        _catchUp = new CatchUp(_certificates, _tree, _log, _pool);
        _fetcher = new Fetcher(_self, committee.Size);
        _pacemaker = new Pacemaker(_self, committee.Size, committee.Quorum.Required);
        _allowance = new Allowance(committee.Size);
        View = tip.Header.View.Next;
    }

    /// <summary>This node's number in the root's order.</summary>
    public byte Self => _self;

    public View View { get; private set; }

    /// <summary>The newest delivered block and the ledger after it.</summary>
    public ChainTip Tip => _tree.Tip;

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
    /// <exception cref="ArgumentException">The key is none of the committee's.</exception>
    /// <exception cref="InvariantBrokenException">The journal contradicts itself or the chain.</exception>
    public static Replica Restore(
        Committee committee, Ed25519PrivateKey voteKey, ChainTip tip, IEnumerable<JournalRecord> journal)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(voteKey);
        ArgumentNullException.ThrowIfNull(tip);
        ArgumentNullException.ThrowIfNull(journal);

        var replica = new Replica(committee, voteKey, tip);
        foreach (var record in journal) replica.Recall(record);
        replica.RecallProposals();
        return replica;
    }

    /// <summary>
    /// Takes one event and says what to do, in order.
    /// </summary>
    /// <param name="happened">The event.</param>
    /// <param name="now">The host's wall clock; a time before an earlier one counts as that earlier one.</param>
    public IReadOnlyList<Effect> Step(ReplicaEvent happened, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (_halted) return [];
        if (now > _now) _now = now;

        switch (happened)
        {
            case ReplicaEvent.Started: OnStarted(); break;
            case ReplicaEvent.Received(var from, var message): OnReceived(from, message); break;
            case ReplicaEvent.PeerConnected(var peer): Send(peer, new PeerMessage.Stands(_catchUp.Status(View))); break;
            case ReplicaEvent.Submitted(var envelope): OnSubmitted(envelope); break;
            case ReplicaEvent.ArtifactsHeld(var artifacts): _artifacts.Answer(artifacts); break;
            case ReplicaEvent.TimerFired: _timer = null; break;
        }

        Settle();
        var effects = _effects;
        _effects = [];
        return effects;
    }

    /// <summary>
    /// The journal records that a restart still needs; a host that compacts its journal writes these anew.
    /// </summary>
    public IReadOnlyList<JournalRecord> Retained() =>
    [
        .. _certificates.All.Select(certificate => new JournalRecord.Learned(certificate)),
        .. _log.All
            .Where(vote => vote.Kind == VoteKind.Notarize)
            .Select(vote => _tree.Find(vote.Block))
            .OfType<Block>()
            .Select(block => new JournalRecord.VotedBlock(block)),
        .. _log.All.Select(vote => new JournalRecord.OwnVote(vote)),
    ];

    private void OnStarted()
    {
        Emit(new Effect.Broadcast(new PeerMessage.Stands(_catchUp.Status(View))));
        Deliver(_certificates.Finalisation);
    }

    private void OnReceived(byte from, PeerMessage message)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, _committee.Size);
        ArgumentOutOfRangeException.ThrowIfEqual(from, _self);
        _pacemaker.Heard(from);

        switch (message)
        {
            case PeerMessage.Proposed(var proposal): OnProposal(from, proposal); return;
            case PeerMessage.Voted(var vote): OnVote(from, vote); return;
            case PeerMessage.Certified(var certificate): OnCertificate(from, certificate); return;
            case PeerMessage.GivesBlock(var block): OnBlock(from, block); return;
            case PeerMessage.Cosigned: return;
        }

        if (!_allowance.Take(from, _now)) return;

        switch (message)
        {
            case PeerMessage.Submits(var envelope): OnGossip(from, envelope); break;
            case PeerMessage.Stands(var status):
                SendAll(from, _catchUp.Answer(from, status, View, OwnProposal()));
                break;
            case PeerMessage.AsksBlock(var hash): SendAll(from, _catchUp.Answer(hash)); break;
            case PeerMessage.AsksCertificates(var first, var last): SendAll(from, _catchUp.Answer(first, last)); break;
            case PeerMessage.AsksChain(var height) when height < Tip.Header.Height:
                Emit(new Effect.SendChain(from, height));
                break;
        }
    }

    private void OnProposal(byte from, Proposal proposal)
    {
        var header = proposal.Block.Header;
        if (header.Epoch != _committee.Epoch || header.Leader != _committee.Leader(header.View))
        {
            Emit(new Effect.Distrust(from, "a proposal of another epoch, or not by the view's leader"));
            return;
        }

        foreach (var certificate in proposal.Justification.Certificates())
        {
            if (!Learn(certificate, from)) break;
        }

        if (!IsInWindow(header.View) || !OnVote(from, proposal.LeaderVote)) return;
        if (_proposals.TryAdd(header.View, proposal.Block)) _tree.Add(proposal.Block);
    }

    /// <returns>False when it does not count: outside the window, or forged.</returns>
    private bool OnVote(byte from, Vote vote)
    {
        if (!IsInWindow(vote.View)) return false;
        if (!_pool.TryAdd(vote, out var evidence))
        {
            Emit(new Effect.Distrust(from, "a vote whose signature is wrong"));
            return false;
        }

        if (evidence is not null) Convict(evidence);
        TryCertify(vote.Kind, vote.View, vote.Block);
        return true;
    }

    private void OnCertificate(byte from, Certificate certificate)
    {
        bool isForCatchUp = certificate.Kind == VoteKind.Finalize
            && certificate.View < _certificates.LastFinal && certificate.View > Tip.Header.View;
        if (!isForCatchUp) Learn(certificate, from);
        else if (_tree.Find(certificate.Block) is not null && _committee.Verifies(certificate)) Deliver(certificate);
    }

    private void OnBlock(byte from, Block block)
    {
        if (_fetcher.HasAsked(new PeerMessage.AsksBlock(block.Hash))) _tree.Add(block);
        else if (_fetcher.HasAsked(new PeerMessage.AsksChain(Tip.Header.Height), from)) _tree.AddCatchUp(block);
        else return;

        Deliver(_certificates.Finalisation);
    }

    private void OnSubmitted(Envelope envelope)
    {
        var (answer, taken) = _submissions.Add(envelope, from: null);
        Emit(new Effect.Answer(envelope.Id, answer));
        if (taken is null) return;

        Emit(new Effect.Broadcast(new PeerMessage.Submits(envelope)));
        NeedArtifacts(taken.Artifacts);
    }

    private void OnGossip(byte from, Envelope envelope)
    {
        var (_, taken) = _submissions.Add(envelope, from);
        if (taken is not null) NeedArtifacts(taken.Artifacts);
    }

    /// <summary>Does everything that has become possible, then sets the timers.</summary>
    private void Settle()
    {
        View before;
        do
        {
            before = View;
            _wants.Clear();
            Advance();
        }
        while (View != before && !_halted);

        if (_halted) return;

        bool lags = Tip.Header.View < _certificates.LastFinal;
        if (lags) Want(new PeerMessage.AsksChain(Tip.Header.Height));
        Fetch();
        if (IsBusy() || lags) _pacemaker.KeepRetrying(_now);
        else _pacemaker.StopRetrying();
        if (_pacemaker.TakeRetry(_now)) Repeat();
        SetTimer();
    }

    private void Advance()
    {
        if (IsBusy()) _pacemaker.Arm(_now);
        else _pacemaker.StopView();

        byte leader = _committee.Leader(View);
        bool leaderGaveUp = _pool.Has(View, VoteKind.Nullify, leader) && _log.Cast(View, VoteKind.Notarize) is null;
        if (leaderGaveUp || _bad.Contains(View) || _pacemaker.GivesUp(leader, ViewsSinceFinal, _now)) Nullify();

        TryPropose();
        TryVote();
    }

    private void TryPropose()
    {
        if (_committee.Leader(View) != _self || !_log.MayNotarize(View) || _bad.Contains(View) || !HasWork()) return;

        var parent = _certificates.ParentFor(View);
        if (parent is null)
        {
            WantCertificates(_certificates.FirstUnknown(View));
            return;
        }

        if (_tree.After(parent.Value.Block, out var missing) is not { } after)
        {
            WantBlock(missing);
            return;
        }

        var entries = _submissions.Select(after.Ledger);
        if (entries.IsEmpty && !LacksFinalisation()) return;

        var block = BlockBuilder.Build(_committee, View, after.Header, after.Ledger, entries, _now);
        bool isOurs = _proposals.TryAdd(View, block);
        Invariant.Holds(isOurs, "only the leader proposes in its view");
        _tree.Add(block);
        Emit(new Effect.Persist(new JournalRecord.VotedBlock(block)));
        var justification = _certificates.Justify(parent.Value.View, View);
        Cast(
            VoteKind.Notarize, View, block.Hash,
            vote => new PeerMessage.Proposed(new Proposal(block, justification, vote)));
    }

    private void TryVote()
    {
        if (!_proposals.TryGetValue(View, out var block) || _bad.Contains(View) || !_log.MayNotarize(View)) return;

        switch (_rules.Judge(block, _now))
        {
            case Judgement.Valid:
                Emit(new Effect.Persist(new JournalRecord.VotedBlock(block)));
                Cast(VoteKind.Notarize, View, block.Hash);
                break;
            case Judgement.Refused(var refusal):
                MarkBad(View, refusal);
                Nullify();
                break;
            case Judgement.LacksCertificates(var first): WantCertificates(first); break;
            case Judgement.LacksBlock(var hash): WantBlock(hash); break;
            case Judgement.LacksArtifacts(var executed): NeedArtifacts(executed.Artifacts); break;
            case Judgement.TooEarly: break;
        }
    }

    private void Nullify()
    {
        if (_log.MayNullify(View)) Cast(VoteKind.Nullify, View, default);
    }

    /// <summary>Signs a vote, has it written down, and only then sends it.</summary>
    private void Cast(VoteKind kind, View view, Digest block, Func<Vote, PeerMessage>? message = null)
    {
        var vote = _committee.Sign(_voteKey, _self, kind, view, block);
        _log.Record(vote);
        Emit(new Effect.Persist(new JournalRecord.OwnVote(vote)));
        Emit(new Effect.Broadcast(message is null ? new PeerMessage.Voted(vote) : message(vote)));
        _pool.AddOwn(vote);
        TryCertify(kind, view, block);
    }

    private void TryCertify(VoteKind kind, View view, Digest block)
    {
        if (_pool.Certify(kind, view, block) is not { } certificate || _certificates.Knows(certificate)) return;

        // Told at once: a vote that others lack may have come to us alone.
        if (Adopt(certificate)) Emit(new Effect.Broadcast(new PeerMessage.Certified(certificate)));
    }

    /// <returns>False when it is forged.</returns>
    private bool Learn(Certificate certificate, byte from)
    {
        if (_certificates.Knows(certificate)) return true;
        if (!_pool.TryAdd(certificate, out var evidence))
        {
            Emit(new Effect.Distrust(from, "a certificate that no quorum signed"));
            return false;
        }

        foreach (var equivocation in evidence) Convict(equivocation);
        return Adopt(certificate);
    }

    private bool Adopt(Certificate certificate)
    {
        if (_certificates.Contradicts(certificate) is { } other)
        {
            Emit(new Effect.Halt(other, certificate));
            _halted = true;
            return false;
        }

        _certificates.Add(certificate);
        Emit(new Effect.Persist(new JournalRecord.Learned(certificate)));
        if (certificate.Kind == VoteKind.Finalize) Deliver(certificate);
        bool mayFinalize = _log.MayFinalize(certificate.View) && !_bad.Contains(certificate.View);
        if (certificate.Kind == VoteKind.Notarize && mayFinalize)
            Cast(VoteKind.Finalize, certificate.View, certificate.Block);

        EnterView(certificate.View.Next);
        return true;
    }

    private void EnterView(View view)
    {
        if (view <= View) return;

        View = view;
        _pacemaker.EnterView();
        ForgetOldViews();
    }

    private void Deliver(Certificate? finalisation)
    {
        if (finalisation is null || finalisation.View <= Tip.Header.View) return;

        var blocks = _tree.Finalise(finalisation);
        if (blocks.Count == 0) return;

        foreach (var block in blocks) Emit(new Effect.Deliver(block));
        foreach (var (id, refusal) in _submissions.Rebase(Tip.Ledger))
        {
            if (refusal != LedgerRefusal.Duplicate) Emit(new Effect.Drop(id, refusal));
        }

        _artifacts.Retain(_submissions.OldestFirst.SelectMany(submission => submission.Artifacts));
        _log.Settle(Tip.Header.View);
        ForgetOldViews();
    }

    private void ForgetOldViews()
    {
        foreach (var old in _proposals.Keys.Where(view => view < View).ToList()) _proposals.Remove(old);
        _bad.RemoveWhere(view => view <= _certificates.LastFinal);
        _pool.Forget(before: View.Max(_certificates.LastFinal.Next, OldestVoteView));
        _tree.Forget(keep: IsNeeded);
    }

    /// <summary>
    /// Blocks of open views, those voted for, those notarised, and those a finalisation may already cover.
    /// </summary>
    private bool IsNeeded(Block block) =>
        block.Header.View >= View
        || block.Header.View <= _certificates.LastFinal
        || IsVotedFor(block)
        || _certificates.Certifies(block.Header.View, block.Hash);

    private void Convict(Equivocation evidence)
    {
        Emit(new Effect.Convict(evidence));
        var (view, signer, kind) = (evidence.First.View, evidence.First.Signer, evidence.First.Kind);
        if (kind == VoteKind.Notarize && signer == _committee.Leader(view)) MarkBad(view, ProposalRefusal.Equivocation);
    }

    private void MarkBad(View view, ProposalRefusal refusal)
    {
        if (_bad.Add(view)) Emit(new Effect.RefuseProposal(view, refusal));
    }

    private bool IsBusy() =>
        _proposals.ContainsKey(View) || HasWork() || _pool.Count(View, VoteKind.Nullify) > _committee.Quorum.Faulty;

    // Without the first clause a lost round of FINALIZE would leave a notarised block unfinalised for ever.
    private bool HasWork() => _certificates.HighestNotarised > _certificates.LastFinal || _submissions.AnyReady;

    // An empty block only helps a notarised one to finality. It waits for FINALIZE votes that are on their way:
    // proposed at once, it would be notarised before they arrive and call for the next one, for ever.
    private bool LacksFinalisation() =>
        _certificates.HighestNotarised > _certificates.LastFinal && _pacemaker.HasWaited(_now);

    private ulong ViewsSinceFinal => View.Number - _certificates.LastFinal.Number - 1;

    private View OldestVoteView =>
        View.Number > Bounds.VoteWindow ? new View(View.Number - Bounds.VoteWindow) : View.Genesis;

    private bool IsInWindow(View view) => view > _certificates.LastFinal && view >= OldestVoteView && view <= View.Next;

    private Proposal? OwnProposal()
    {
        if (_committee.Leader(View) != _self || _log.Cast(View, VoteKind.Notarize) is not { } vote) return null;
        if (_tree.Find(vote.Block) is not { } block) return null;

        return new Proposal(block, _certificates.Justify(block.Header.ParentView, View), vote);
    }

    /// <summary>Says again what others may have missed.</summary>
    private void Repeat()
    {
        Emit(new Effect.Broadcast(new PeerMessage.Stands(_catchUp.Status(View))));
        foreach (var vote in _catchUp.OpenVotes(View)) Emit(new Effect.Broadcast(new PeerMessage.Voted(vote)));
        foreach (var submission in _submissions.OldestFirst.Take(Bounds.SubmissionsPerRetry))
            Emit(new Effect.Broadcast(new PeerMessage.Submits(submission.Envelope)));

        if (OwnProposal() is not { } proposal) return;
        for (byte peer = 0; peer < _committee.Size; peer++)
        {
            if (peer != _self && !_pool.HasAny(View, peer)) Send(peer, new PeerMessage.Proposed(proposal));
        }
    }

    private void Fetch()
    {
        foreach (var (to, question) in _fetcher.Want(_wants, _now))
        {
            if (question is PeerMessage.AsksChain) _tree.ForgetCatchUp(keep: IsNeededBesidesCatchUp);
            Send(to, question);
        }
    }

    private bool IsNeededBesidesCatchUp(Block block) =>
        IsVotedFor(block) || (block.Header.View > _certificates.LastFinal && IsNeeded(block));

    private bool IsVotedFor(Block block) => _log.Cast(block.Header.View, VoteKind.Notarize)?.Block == block.Hash;

    private void WantCertificates(View first) => Want(new PeerMessage.AsksCertificates(first, View.Previous));

    // What lies before the last final view comes with the chain.
    private void WantBlock(Digest hash)
    {
        if (Tip.Header.View == _certificates.LastFinal) Want(new PeerMessage.AsksBlock(hash));
    }

    // The leader of the view should have what its proposal needs; the others are asked in turn.
    private void Want(PeerMessage question) => _wants.Add((question, _committee.Leader(View)));

    private void NeedArtifacts(IEnumerable<Artifact> artifacts)
    {
        var asked = _artifacts.Ask(artifacts);
        if (!asked.IsEmpty) Emit(new Effect.NeedArtifacts(asked));
    }

    private void SetTimer()
    {
        var wake = _pacemaker.NextWake(_log.MayNullify(View), ViewsSinceFinal, _now);
        if (wake == _timer) return;

        _timer = wake;
        Emit(new Effect.SetTimer(wake));
    }

    private void SendAll(byte to, IEnumerable<PeerMessage> messages)
    {
        foreach (var message in messages) Send(to, message);
    }

    private void Send(byte to, PeerMessage message) => Emit(new Effect.Send(to, message));

    private void Emit(Effect effect) => _effects.Add(effect);

    private void Recall(JournalRecord record)
    {
        switch (record)
        {
            case JournalRecord.OwnVote(var vote) when vote.View > Tip.Header.View:
                Invariant.Holds(vote.Signer == _self, "the journal holds this node's own votes");
                _log.Record(vote);
                if (vote.View > _certificates.LastFinal) _pool.AddOwn(vote);
                View = View.Max(View, vote.View);
                break;
            case JournalRecord.Learned(var certificate) when !_certificates.Knows(certificate):
                _certificates.Add(certificate);
                View = View.Max(View, certificate.View.Next);
                break;
            case JournalRecord.VotedBlock(var block):
                _tree.Add(block);
                break;
        }
    }

    private void RecallProposals()
    {
        Invariant.Holds(
            _certificates.Finalisation is not null || _certificates.LastFinal == View.Genesis,
            "a node that stopped amid delivery has the finalisation in its journal");
        foreach (var vote in _log.In(View).Where(vote => vote.Kind == VoteKind.Notarize))
        {
            if (_tree.Find(vote.Block) is { } block) _proposals.Add(View, block);
        }
    }
}
