using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// The same keys on two machines, each of which follows the protocol and speaks with one half of the others. More than
/// f of these, and a network in two halves, make two certified histories.
/// </summary>
internal sealed class TwoFaced : Adversary
{
    private readonly TwoFaced? _other;
    private readonly int _face;

    public TwoFaced(SimulatedNetwork simulation, byte index)
        : this(simulation, index, face: 0) => _other = new TwoFaced(simulation, index, face: 1);

    private TwoFaced(SimulatedNetwork simulation, byte index, int face)
        : base(simulation, index) => _face = face;

    /// <summary>Which of the machines an honest node hears: every other one the first.</summary>
    public static int FaceFor(SimulatedNetwork network, int node) =>
        network.Nodes.Take(node).Count(other => other.IsHonest) % 2;

    public override void Start()
    {
        base.Start();
        _other?.Start();
    }

    public override void Handle(ReplicaEvent happened)
    {
        bool isMine = happened is not ReplicaEvent.Received(var from, _) || FaceFor(Simulation, from) == _face;
        if (isMine) base.Handle(happened);
        if (_other is null || happened is ReplicaEvent.Started or ReplicaEvent.TimerFired) return;

        if (_other.IsUp) Simulation.Guard(_other, () => _other.Handle(happened));
    }

    // Each machine has its own journal, and is true to itself.
    protected override IEnumerable<JournalRecord> RestoredJournal() => Disk.Journal;

    protected override void Broadcast(PeerMessage message)
    {
        foreach (byte peer in Peers.ToList()) Send(peer, message);
    }

    protected override void Send(byte to, PeerMessage message)
    {
        if (Simulation.Nodes[to] is TwoFaced accomplice) Conspire(accomplice, message);
        else if (FaceFor(Simulation, to) == _face) base.Send(to, message);
    }

    // Liars talk among themselves past the weather, each face with the same face.
    private void Conspire(TwoFaced accomplice, PeerMessage message)
    {
        var face = _face == 0 ? accomplice : accomplice._other;
        Simulation.Time.After(TimeSpan.FromMilliseconds(1), () =>
        {
            if (face is { IsUp: true }) Simulation.Guard(face, () => face.Take(Index, message));
        });
    }

    private void Take(byte from, PeerMessage message) => base.Handle(new ReplicaEvent.Received(from, message));
}
