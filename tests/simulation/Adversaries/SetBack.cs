using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// No liar, and held to its word: an honest node whose operator sets its whole disk back to an older snapshot, once. When
/// it starts again, all that it said has arrived. If it signed anything since the snapshot it must stop for good.
/// </summary>
internal sealed class SetBack(SimulatedNetwork simulation, byte index) : SimulatedNode(simulation, index)
{
    private bool _isPlanned;

    public override void Start()
    {
        base.Start();
        if (_isPlanned) return;

        _isPlanned = true;
        Simulation.Time.After(Draw(1_000, 8_000), Take);
    }

    private void Take()
    {
        var snapshot = Disk.Copy();
        Simulation.Time.After(Draw(500, 7_000), () => Return(snapshot));
    }

    private void Return(Disk snapshot)
    {
        PowerOff();
        Disk = snapshot;
        Simulation.Time.After(
            Weather.LongestDelay + TimeSpan.FromSeconds(1), () => Simulation.Guard(this, StartUnlessUp));
    }

    private void StartUnlessUp()
    {
        if (!IsUp) Start();
    }

    private TimeSpan Draw(int least, int most) => TimeSpan.FromMilliseconds(Simulation.Random.Next(least, most));
}
