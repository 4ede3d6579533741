using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// A real core with the host's duties in memory: a disk that keeps what was synced, sends that happen only afterwards,
/// and a power switch.
/// </summary>
internal class SimulatedNode(Simulation simulation, byte index, LedgerState genesis)
{
    private readonly List<(byte Type, byte[] Body)> _journal = [];
    private readonly List<(byte[] Block, byte[]? Finalisation)> _chain = [];
    private Replica? _replica;
    private int _life;
    private int _timer;

    public byte Index => index;

    public bool IsUp => _replica is not null;

    /// <summary>Whether the oracle holds it to its word.</summary>
    public virtual bool IsHonest => true;

    public Replica Replica => _replica ?? throw new InvalidOperationException("The node is down.");

    /// <summary>Ids of the submissions in its stored chain.</summary>
    public HashSet<Protocol.Digest> Final { get; } = [];

    /// <summary>What its disk holds of the chain.</summary>
    public int Height => _chain.Count;

    protected Simulation Simulation => simulation;

    protected TestNode Keys => Statements.Network.Nodes[index];

    public void Start()
    {
        var tip = ChainTip.Genesis(genesis);
        foreach (var (block, finalisation) in _chain)
            tip = tip.Replay(ReadBlock(block), ReadCertificate(finalisation), out _);

        _life++;
        _replica = Replica.Restore(simulation.Committee, Keys.VoteKey, tip, RestoredJournal().ToList());
        Handle(new ReplicaEvent.Started());
    }

    public virtual void Handle(ReplicaEvent happened)
    {
        if (_replica is null) return;

        var effects = _replica.Step(happened, simulation.Time.Now);
        var moment = simulation.WeakMoment();
        if (moment == WeakMoment.BeforeSync)
        {
            Crash();
            return;
        }

        foreach (var record in effects.OfType<Effect.Persist>()) Write(record.Record);
        if (moment == WeakMoment.AfterSync)
        {
            Crash();
            return;
        }

        foreach (var effect in effects) Carry(effect);
        if (moment == WeakMoment.AfterEffects) Crash();
    }

    public void Crash()
    {
        _replica = null;
        _life++;
        simulation.RestartLater(this);
    }

    /// <summary>The journal as a restart finds it. A node without one is an amnesiac.</summary>
    protected virtual IEnumerable<JournalRecord> RestoredJournal() => _journal.Select(Read);

    protected virtual void Send(byte to, PeerMessage message) => simulation.Send(this, to, message);

    protected virtual void Broadcast(PeerMessage message)
    {
        for (byte peer = 0; peer < simulation.Nodes.Count; peer++)
        {
            if (peer != index) Send(peer, message);
        }
    }

    private void Write(JournalRecord record)
    {
        _journal.Add((record.Type, record.ToBody()));
        if (IsHonest) simulation.Oracle.OnDurable(index, record);
    }

    private void Carry(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send(var to, var message): Send(to, message); break;
            case Effect.Broadcast(var message): Broadcast(message); break;
            case Effect.SetTimer(var at): SetTimer(at); break;
            case Effect.Deliver(var block): Store(block); break;
            case Effect.NeedArtifacts(var artifacts): simulation.Fetch(this, artifacts); break;
            case Effect.SendChain(var to, var height): SendChain(to, height); break;
            case Effect.Halt: simulation.Oracle.OnHalt(index); break;
        }
    }

    private void SetTimer(DateTimeOffset? at)
    {
        int timer = ++_timer;
        int life = _life;
        if (at is not { } due) return;

        simulation.Time.At(due, () =>
        {
            if (life == _life && timer == _timer) Handle(new ReplicaEvent.TimerFired());
        });
    }

    protected virtual void Store(FinalBlock final)
    {
        if (IsHonest) simulation.Oracle.OnDeliver(index, _chain.Count, final);
        _chain.Add((final.Block.ToBytes(), final.Finalisation?.ToBytes()));
        foreach (var entry in final.Block.Entries)
        {
            if (Envelope.TryRead(entry.Span, out var envelope)) Final.Add(envelope.Id);
        }
    }

    private void SendChain(byte to, ulong afterHeight)
    {
        var page = _chain.Skip((int)afterHeight).ToList();
        int last = page.FindLastIndex(stored => stored.Finalisation is not null);
        foreach (var (block, _) in page.Take(last + 1)) Send(to, new PeerMessage.GivesBlock(ReadBlock(block)));
        if (last >= 0) Send(to, new PeerMessage.Certified(ReadCertificate(page[last].Finalisation)!));
    }

    private static JournalRecord Read((byte Type, byte[] Body) stored) =>
        JournalRecord.TryRead(stored.Type, stored.Body, out var record)
            ? record
            : throw new InvalidOperationException("The journal cannot be read back.");

    private static Block ReadBlock(byte[] bytes) =>
        Block.TryRead(bytes, out var block)
            ? block
            : throw new InvalidOperationException("The block cannot be read back.");

    private static Certificate? ReadCertificate(byte[]? bytes) =>
        bytes is null ? null
        : Certificate.TryRead(bytes, out var certificate) ? certificate
        : throw new InvalidOperationException("The certificate cannot be read back.");
}

/// <summary>When in a step the power fails.</summary>
internal enum WeakMoment
{
    None,
    BeforeSync,
    AfterSync,
    AfterEffects,
}
