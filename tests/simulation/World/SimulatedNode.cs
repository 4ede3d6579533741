using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>
/// A real core with the host's duties in memory: a disk that keeps what was synced, sends that happen only afterwards,
/// a clock of its own, and a power switch.
/// </summary>
internal class SimulatedNode(SimulatedNetwork simulation, byte index)
{
    private readonly TimeSpan _skew = TimeSpan.FromMilliseconds(simulation.Random.Next(-2_000, 2_000));
    private Replica? _replica;
    private Attestor? _attestor;
    private JournalCheck? _check;
    private int _life;
    private int _timer;

    public byte Index => index;

    public bool IsUp => _replica is not null;

    /// <summary>Its peers hold what its journal does not: it never starts again.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Whether the oracle holds it to its word.</summary>
    public virtual bool IsHonest => true;

    public Replica Replica => _replica ?? throw new InvalidOperationException("The node is down.");

    /// <summary>What it knows of everybody's cosignatures, since it started.</summary>
    public Attestor Attestor => _attestor ?? throw new InvalidOperationException("The node is down.");

    /// <summary>Ids of the submissions in its stored chain.</summary>
    public HashSet<Digest> Final { get; } = [];

    /// <summary>What its disk holds of the chain.</summary>
    public int Height => Disk.Height;

    protected Disk Disk { get; set; } = new();

    protected SimulatedNetwork Simulation => simulation;

    protected TestNode Keys => simulation.Network.Nodes[index];

    protected DateTimeOffset Clock => simulation.Time.Now + _skew;

    public virtual void Start()
    {
        _life++;
        var journal = RestoredJournal().ToList();
        var last = journal.OfType<JournalRecord.CosignedCheckpoint>().LastOrDefault();
        _attestor = new Attestor(simulation.Network, index, last);
        var tip = Disk.Replay(simulation.Genesis, block => _attestor.Extend(block));
        bool checks = simulation.ChecksJournals && IsHonest;
        _replica = Replica.Restore(simulation.Committee, Keys.VoteKey, tip, journal, silent: checks);
        _check = checks ? new JournalCheck(simulation.Network.Root, _replica, last, question: (ulong)_life) : null;

        // A host may compact its journal at start.
        if (simulation.Random.Next(2) == 0)
            Disk.Compact(last is null ? _replica.Retained() : [.. _replica.Retained(), last]);
        Handle(new ReplicaEvent.Started());
        AskSigned();
    }

    public virtual void Handle(ReplicaEvent happened)
    {
        if (_replica is null) return;

        var effects = _replica.Step(happened, Clock);
        switch (happened)
        {
            case ReplicaEvent.Received(_, PeerMessage.Cosigned(var cosignature)):
                Attestor.Receive(cosignature);
                break;
            case ReplicaEvent.PeerConnected(var peer):
                foreach (var cosignature in Attestor.Newest) Send(peer, new PeerMessage.Cosigned(cosignature));
                break;
        }

        Carry(effects);
        if (IsUp && happened is ReplicaEvent.Received(var from, var message)) HearOfSignatures(from, message);
        if (IsUp) Attest();
    }

    public void Crash()
    {
        PowerOff();
        simulation.RestartLater(this);
    }

    protected void PowerOff()
    {
        _replica = null;
        _attestor = null;
        _life++;
    }

    /// <summary>The journal as a restart finds it.</summary>
    protected virtual IEnumerable<JournalRecord> RestoredJournal() => Disk.Journal;

    protected virtual void Send(byte to, PeerMessage message) => simulation.Send(this, [to], message);

    protected virtual void Broadcast(PeerMessage message) =>
        simulation.Send(this, simulation.Others(index), message);

    protected virtual void Store(FinalBlock final)
    {
        if (IsHonest) simulation.Oracle.OnDelivered(index, Disk.Height, final);
        Disk.Store(final);
        Attestor.Extend(final);
        foreach (var entry in final.Block.Entries)
        {
            if (Envelope.TryRead(entry.Span, out var envelope)) Final.Add(envelope.Id);
        }
    }

    /// <summary>Until enough have answered; a question may be slow.</summary>
    private void AskSigned()
    {
        if (!IsUp || _check is null) return;

        foreach (var (peer, question) in _check.Questions(simulation.Others(index))) Send(peer, question);
        if (!_check.HasPassed) WhileAlive(simulation.Time.Now + TimeSpan.FromSeconds(1), AskSigned);
    }

    private void HearOfSignatures(byte from, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.AsksSigned(var question):
                var last = new LastSigned(question, Replica.NewestVoteOf(from), Attestor.NewestOf(from));
                Send(from, new PeerMessage.HasSigned(last));
                break;
            case PeerMessage.HasSigned(var signed) when _check is not null:
                bool hadPassed = _check.HasPassed;
                if (_check.IsRestored(from, signed)) Retire();
                else if (!hadPassed && _check.HasPassed) Handle(new ReplicaEvent.BootChecked());
                break;
        }
    }

    private void Retire()
    {
        PowerOff();
        IsRetired = true;
    }

    /// <summary>Writes everything to be persisted, syncs, then does the rest in its order.</summary>
    private void Carry(IReadOnlyList<Effect> effects)
    {
        var records = effects.OfType<Effect.Persist>().ToList();
        var rest = effects.Where(effect => effect is not Effect.Persist).ToList();
        var failure = simulation.PowerFailure(records.Count, rest.Count);

        foreach (var persist in records.Take(failure?.Records ?? records.Count)) Write(persist.Record);
        foreach (var effect in rest.Take(failure?.Effects ?? rest.Count)) CarryOut(effect);
        if (failure is not null) Crash();
    }

    private void Write(JournalRecord record)
    {
        Disk.Append(record);
        if (IsHonest) simulation.Oracle.OnDurable(index, record, Clock);
    }

    private void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send(var to, var message): Send(to, message); break;
            case Effect.Broadcast(var message): Broadcast(message); break;
            case Effect.SetTimer(var at): SetTimer(at); break;
            case Effect.Deliver(var block): Store(block); break;
            case Effect.NeedArtifacts(var artifacts): Fetch(artifacts); break;
            case Effect.SendChain(var to, var height):
                foreach (var message in Disk.Page(height)) Send(to, message);
                break;
            case Effect.Halt when IsHonest: simulation.Oracle.OnHalted(index); break;
        }
    }

    private void SetTimer(DateTimeOffset? at)
    {
        int timer = ++_timer;
        if (at is not { } due) return;

        WhileAlive(due - _skew, () =>
        {
            if (timer == _timer) Handle(new ReplicaEvent.TimerFired());
        });
    }

    /// <summary>Artifacts that are not here come at once or take a while.</summary>
    private void Fetch(ImmutableArray<Artifact> artifacts)
    {
        ImmutableArray<Digest> wanted = [.. artifacts.Select(artifact => artifact.Sha256)];
        bool isQuick = Disk.Artifacts.IsSupersetOf(wanted) || simulation.Random.Next(3) > 0;
        WhileAlive(simulation.Time.Now + TimeSpan.FromMilliseconds(isQuick ? 0 : simulation.Random.Next(4_000)), () =>
        {
            Read(wanted);
            Handle(new ReplicaEvent.ArtifactsHeld(artifacts));
        });
    }

    private void Read(IEnumerable<Digest> artifacts)
    {
        foreach (var artifact in artifacts)
        {
            Disk.Artifacts.Add(artifact);
            if (IsHonest) simulation.Oracle.OnArtifactRead(index, artifact);
        }
    }

    /// <summary>Cosigns everything that is to be cosigned now: on disk first, then out.</summary>
    private void Attest()
    {
        if (_check is { HasPassed: false }) return;

        Attestor.ArtifactsRead(Attestor.Missing.Where(Disk.Artifacts.Contains));
        if (Attestor.TakeUnsent() is { } unsent) Tell(unsent);
        while (IsUp && Attestor.Next(Clock) is { } record)
        {
            if (simulation.PowerFailure(records: 1, effects: 1) is { } failure)
            {
                if (failure.Records > 0) Write(record);
                Crash();
                return;
            }

            Write(record);
            Tell(record);
        }

        if (Attestor.Certified is { } certified && IsHonest) simulation.Oracle.OnCertified(index, certified);
        if (Attestor.TakeWake() is { } again)
            WhileAlive(again - _skew, () => Handle(new ReplicaEvent.TimerFired()));
        foreach (var missing in Attestor.Missing.Where(Attestor.ShouldFetch).ToList())
        {
            WhileAlive(simulation.Time.Now + TimeSpan.FromMilliseconds(simulation.Random.Next(4_000)), () =>
            {
                Read([missing]);
                Attest();
            });
        }
    }

    private void Tell(JournalRecord.CosignedCheckpoint journaled)
    {
        var cosignature = Attestor.Sign(journaled);
        Broadcast(new PeerMessage.Cosigned(cosignature));
        Attestor.Receive(cosignature);
    }

    private void WhileAlive(DateTimeOffset at, Action action)
    {
        int life = _life;
        simulation.Time.At(at, () =>
        {
            if (life == _life) simulation.Guard(this, action);
        });
    }
}
