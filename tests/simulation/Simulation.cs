using System.Collections.Immutable;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.Simulation.Tests;

/// <summary>Makes the node with a number; one of them may be an adversary.</summary>
internal delegate SimulatedNode NodeMaker(Simulation simulation, byte index, LedgerState genesis);

/// <summary>
/// A network of real cores with real ledgers on one thread, from one seed: a storm in which messages are lost, doubled,
/// reordered and cut off and nodes lose power, then calm in which everything must become final.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private static readonly TimeSpan Storm = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);
    private const int MaxInFlight = 20_000;

    private readonly Random _random;
    private readonly Trace _trace = new();
    private readonly Weather _weather;
    private long _sent;

    public Simulation(int seed, NodeMaker? firstNode = null)
    {
        _random = new Random(seed);
        _weather = new Weather(_random);
        Committee = new Committee(Statements.Network.Root);
        var signatures = new RoleSignatures(capacity: 1_024);
        var genesis = LedgerState.Genesis(Statements.Network.Root, Statements.Network.RootEnvelope, signatures).After;
        byte adversary = (byte)_random.Next(Committee.Size);
        Nodes =
        [
            .. Enumerable.Range(0, Committee.Size).Select(index => firstNode is not null && index == adversary
                ? firstNode(this, (byte)index, genesis)
                : new SimulatedNode(this, (byte)index, genesis)),
        ];
        Oracle = new Oracle(Committee.Size, index => Nodes[index].IsHonest);
    }

    public VirtualTime Time { get; } = new();

    public Random Random => _random;

    public Committee Committee { get; }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public Oracle Oracle { get; }

    private IEnumerable<SimulatedNode> Honest => Nodes.Where(node => node.IsHonest);

    /// <summary>Storm, calm, silence. Throws what broke.</summary>
    /// <returns>The hash over everything that was said.</returns>
    public string Run()
    {
        foreach (var node in Nodes) node.Start();
        Repeat(TimeSpan.FromSeconds(2), () => _weather.Change(Nodes.Count), until: () => _weather.IsCalm);
        Repeat(TimeSpan.FromSeconds(1), Publish, until: AllFinal);
        Time.RunUntil(Time.Now + Storm);

        _weather.Calm();
        foreach (var node in Nodes.Where(node => !node.IsUp)) node.Start();
        Reconnect();
        Require(Time.RunUntil(Time.Now + Patience, AllFinal), $"no progress after the network healed: {Describe()}");
        Require(Statements.Rivals.Count(rival => Nodes[0].Final.Contains(rival.Id)) <= 1, "two rivals are both final");

        if (Nodes.All(node => node.IsHonest)) RequireSilence();
        return _trace.Finish();
    }

    /// <summary>Puts a message on its way: encoded here, read again where it arrives.</summary>
    public void Send(SimulatedNode from, byte to, PeerMessage message)
    {
        if (from.IsHonest) Oracle.OnSend(from.Index, message);
        Send(from.Index, to, message.Type, message.ToBody());
    }

    public void Send(byte from, byte to, byte type, byte[] body)
    {
        _sent++;
        _trace.Add(Time.Now, from, to, type, body);
        Require(Time.Waiting < MaxInFlight, "too much is under way: something is said without end");
        foreach (var delay in _weather.Deliveries(from, to))
        {
            Time.After(delay, () =>
            {
                if (PeerMessage.TryRead(type, body, out var message))
                    Nodes[to].Handle(new ReplicaEvent.Received(from, message));
                else Require(!Nodes[from].IsHonest, $"what node {from} wrote cannot be read");
            });
        }
    }

    /// <summary>Artifacts come at once or take a while, and are forgotten when the node dies meanwhile.</summary>
    public void Fetch(SimulatedNode node, ImmutableArray<Artifact> artifacts)
    {
        var delay = TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? _random.Next(4_000) : 0);
        var held = new ReplicaEvent.ArtifactsHeld([.. artifacts.Select(artifact => artifact.Sha256)]);
        Time.After(delay, () => node.Handle(held));
    }

    /// <summary>Whether, and when, the power fails in this step.</summary>
    public WeakMoment WeakMoment() =>
        !_weather.IsCalm && _random.NextDouble() < _weather.CrashChance
            ? (WeakMoment)_random.Next(1, 4)
            : Tests.WeakMoment.None;

    public void RestartLater(SimulatedNode node)
    {
        var delay = TimeSpan.FromMilliseconds(_random.Next(100, 10_000));
        Time.After(delay, () =>
        {
            if (!node.IsUp) node.Start();
        });
    }

    public void Dispose() => _trace.Dispose();

    /// <summary>
    /// The publishers submit the next few statements that are not known to be final, each to some node.
    /// </summary>
    private void Publish()
    {
        var open = Statements.Chain
            .Where(statement => !Honest.Any(node => node.Final.Contains(statement.Id)))
            .Take(3)
            .ToList();
        if (open.Count == 0) open = [.. Statements.Rivals];
        foreach (var statement in open) Nodes[_random.Next(Nodes.Count)].Handle(new ReplicaEvent.Submitted(statement));
    }

    private bool AllFinal() =>
        Honest.All(node => node.IsUp && Statements.Chain.All(statement => node.Final.Contains(statement.Id)));

    private string Describe() => string.Join("; ", Nodes.Select(node => node.IsUp
        ? $"node {node.Index} in {node.Replica.View} after {node.Replica.Tip.Header.View}, "
            + $"height {node.Height}, {node.Replica.Pending} pending"
        : $"node {node.Index} down"));

    private void Reconnect()
    {
        foreach (var node in Nodes)
        {
            foreach (var peer in Nodes.Where(peer => peer != node))
                node.Handle(new ReplicaEvent.PeerConnected(peer.Index));
        }
    }

    /// <summary>An idle network makes no blocks and says nothing.</summary>
    private void RequireSilence()
    {
        Time.RunUntil(Time.Now + Silence);
        long sent = _sent;
        int blocks = Oracle.Chain.Count;
        Time.RunUntil(Time.Now + Silence);
        Require(_sent == sent && Oracle.Chain.Count == blocks && Time.Waiting == 0, "an idle network is not silent");
        Require(Nodes.All(node => node.Height == blocks), "somebody was left behind");
    }

    private void Repeat(TimeSpan every, Action action, Func<bool> until)
    {
        if (until()) return;

        action();
        Time.After(every, () => Repeat(every, action, until));
    }

    private static void Require(bool holds, string broken)
    {
        if (!holds) throw new PropertyBrokenException(broken);
    }
}
