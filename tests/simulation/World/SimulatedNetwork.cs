using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>
/// A network of real cores with real ledgers on one thread, from one seed: a storm in which messages are lost, doubled,
/// reordered and cut off and nodes lose power, then calm in which everything must become final and certified, then
/// silence.
/// </summary>
internal sealed class SimulatedNetwork : IDisposable
{
    private static readonly TimeSpan Storm = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);
    private const int MaxUnderWay = 20_000;

    private readonly Trace _trace = new();
    private long _ordering;

    public SimulatedNetwork(Scenario scenario)
        : this(scenario, scenario.Liars.Select(Liars.Make), complaint => throw new PropertyBrokenException(complaint))
    {
    }

    /// <param name="scenario">Its liars are not looked at.</param>
    /// <param name="makers">Make the first nodes, in places drawn from the seed.</param>
    /// <param name="complain">Is told what does not hold.</param>
    public SimulatedNetwork(Scenario scenario, IEnumerable<NodeMaker> makers, Action<string> complain)
    {
        Random = new Random(scenario.Seed);
        Weather = new Weather(Random) { IsLossless = scenario.ChecksJournals };
        ChecksJournals = scenario.ChecksJournals;
        Network = Publishers.Network(scenario.Nodes);
        Genesis = Publishers.Genesis(scenario.Nodes);
        Committee = new Committee(Network.Root);

        int[] places = [.. Enumerable.Range(0, scenario.Nodes)];
        Random.Shuffle(places);
        var liars = places.Zip(makers).ToDictionary(pair => pair.First, pair => pair.Second);
        Nodes =
        [
            .. Enumerable.Range(0, scenario.Nodes).Select(index =>
                liars.TryGetValue(index, out var liar)
                    ? liar(this, (byte)index)
                    : new SimulatedNode(this, (byte)index)),
        ];
        Oracle = new Oracles.Oracle(Network, complain);
        Oracle.Trust(Nodes.Where(node => node.IsHonest).Select(node => node.Index));
    }

    public VirtualTime Time { get; } = new();

    public Random Random { get; }

    /// <summary>Whether nodes that start have their journals confirmed before they sign.</summary>
    public bool ChecksJournals { get; }

    public Weather Weather { get; }

    public TestNetwork Network { get; }

    public LedgerState Genesis { get; }

    public Committee Committee { get; }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public Oracles.Oracle Oracle { get; }

    private IEnumerable<SimulatedNode> Honest => Nodes.Where(node => node.IsHonest && !node.IsRetired);

    /// <summary>Storm, calm, silence.</summary>
    /// <returns>The hash over everything that was said.</returns>
    /// <exception cref="PropertyBrokenException">Something did not hold.</exception>
    public string Run()
    {
        RunStorm();
        Time.Repeat(TimeSpan.FromSeconds(10), Reconnect, isOver: IsEverythingDone);
        bool done = Time.RunUntil(Time.Now + Patience, IsEverythingDone);
        Oracle.Require(done, $"no progress after the network healed: {Describe()}");
        Oracle.RequireNobodyHonestIsAccused();
        if (Nodes.All(node => node.IsHonest)) RequireSilence();
        return _trace.Finish();
    }

    /// <summary>The storm alone; afterwards the network is calm and everybody is up.</summary>
    public void RunStorm()
    {
        foreach (var node in Nodes) Start(node);
        Time.Repeat(TimeSpan.FromSeconds(2), () => Weather.Change(Nodes.Count), isOver: () => Weather.IsCalm);
        Time.Repeat(TimeSpan.FromSeconds(1), Publish, isOver: IsEverythingDone);
        Time.RunUntil(Time.Now + Storm);

        Weather.Calm();
        foreach (var node in Nodes.Where(node => !node.IsUp && !node.IsRetired)) Start(node);
    }

    /// <summary>Everybody but one.</summary>
    public IEnumerable<byte> Others(byte index) =>
        Enumerable.Range(0, Nodes.Count).Select(node => (byte)node).Where(node => node != index);

    /// <summary>Puts a message on its way: encoded here, read again where it arrives.</summary>
    public void Send(SimulatedNode from, IEnumerable<byte> to, PeerMessage message)
    {
        if (from.IsHonest) Oracle.OnSent(from.Index, message);
        byte[] body = message.ToBody();
        bool read = PeerMessage.TryRead(message.Type, body, out var arriving);
        Oracle.Require(read || !from.IsHonest, $"what node {from.Index} wrote cannot be read");
        foreach (byte receiver in to) Send(from, receiver, message.Type, body, arriving);
    }

    /// <summary>As bytes, which may be anything.</summary>
    public void Send(SimulatedNode from, byte to, byte type, byte[] body) =>
        Send(from, to, type, body, PeerMessage.TryRead(type, body, out var message) ? message : null);

    public PowerFailure? PowerFailure(int records, int effects) => Weather.PowerFailure(records, effects);

    public void RestartLater(SimulatedNode node)
    {
        var delay = TimeSpan.FromMilliseconds(Random.Next(2) == 0 ? Random.Next(50, 500) : Random.Next(500, 8_000));
        Time.After(delay, () =>
        {
            if (!node.IsUp) Start(node);
        });
    }

    /// <summary>A core that breaks its own invariant stops its process; a correct one never does.</summary>
    public void Guard(SimulatedNode node, Action action)
    {
        try
        {
            action();
        }
        catch (InvariantBrokenException broken) when (node.IsHonest)
        {
            throw new PropertyBrokenException(
                $"node {node.Index} stopped itself, for it does not hold that {broken.Message}");
        }
        catch (InvariantBrokenException)
        {
            // A liar's core finds its own lies contradictory.
            if (node.IsUp) node.Crash();
        }
    }

    public void Dispose() => _trace.Dispose();

    private void Start(SimulatedNode node) => Guard(node, node.Start);

    private void Send(SimulatedNode from, byte to, byte type, byte[] body, PeerMessage? message)
    {
        if (type != CosignatureType) _ordering++;
        _trace.Add(Time.Now, from.Index, to, type, body);
        Oracle.Require(Time.Waiting < MaxUnderWay, "too much is under way: something is said without end");
        if (message is null) return;

        Oracle.OnSaid(message);
        foreach (var delay in Weather.Deliveries(from.Index, to, isFast: !from.IsHonest))
            Time.After(delay, () => Deliver(Nodes[to], new ReplicaEvent.Received(from.Index, message)));
    }

    private void Deliver(SimulatedNode node, ReplicaEvent happened) => Guard(node, () => node.Handle(happened));

    /// <summary>
    /// The publishers submit the next few statements that are not known to be final, each to some node.
    /// </summary>
    private void Publish()
    {
        var open = Publishers.Chain
            .Where(statement => !Honest.Any(node => node.Final.Contains(statement.Id)))
            .Take(3)
            .ToList();
        if (open.Count == 0) open = [.. Publishers.Rivals];
        foreach (var statement in open)
            Deliver(Nodes[Random.Next(Nodes.Count)], new ReplicaEvent.Submitted(statement));
    }

    private bool IsEverythingDone() =>
        Weather.IsCalm && Honest.All(node => node.IsUp
            && Publishers.Chain.All(statement => node.Final.Contains(statement.Id))
            && Publishers.Rivals.Any(rival => node.Final.Contains(rival.Id))
            && node.Attestor.Certified is { } certified
            && certified.Size >= node.Replica.Tip.Ledger.Size);

    private string Describe() => string.Join("; ", Nodes.Select(node => node.IsUp
        ? $"node {node.Index} in {node.Replica.View} after {node.Replica.Tip.Header.View}, "
            + $"height {node.Height}, {node.Replica.Pending} pending, certified {node.Attestor.Certified?.Size}"
        : $"node {node.Index} {(node.IsRetired ? "retired" : "down")}"));

    private void Reconnect()
    {
        foreach (var node in Nodes)
        {
            foreach (byte peer in Others(node.Index)) Deliver(node, new ReplicaEvent.PeerConnected(peer));
        }
    }

    /// <summary>An idle network makes no blocks and says nothing but its cosignatures.</summary>
    private void RequireSilence()
    {
        Time.RunUntil(Time.Now + Silence);
        long said = _ordering;
        int blocks = Oracle.FinalBlocks;
        Time.RunUntil(Time.Now + Silence);
        Oracle.Require(_ordering == said && Oracle.FinalBlocks == blocks, "an idle network is not silent");

        // A wake-up for each node, and perhaps everybody's cosignature on its way to everybody.
        int most = Nodes.Count * (Nodes.Count + 1);
        Oracle.Require(Time.Waiting <= most, $"{Time.Waiting} things wait in an idle network");
        Oracle.Require(Honest.All(node => node.Height == blocks), "somebody was left behind");
    }

    private static byte CosignatureType { get; } =
        new PeerMessage.Cosigned(new CosignatureGossip(0, default, 0, 0, default)).Type;
}
