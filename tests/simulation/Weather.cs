namespace SupplyChain.Simulation.Tests;

/// <summary>How badly a run treats its network and its nodes, drawn from the seed; calm after the storm.</summary>
internal sealed class Weather(Random random)
{
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly double _loss = random.NextDouble() * 0.15;
    private readonly double _duplication = random.NextDouble() * 0.1;
    private readonly double _straggling = random.NextDouble() * 0.1;
    private bool _calm;

    /// <summary>Chance that a node dies in a step, at one of its weak moments.</summary>
    public double CrashChance { get; } = random.Next(3) == 0 ? 0 : 0.003;

    public bool IsCalm => _calm;

    /// <summary>Delays after which a message arrives: none when it is lost, two when it is duplicated.</summary>
    public IEnumerable<TimeSpan> Deliveries(int from, int to)
    {
        if (!_calm && (_cut.Contains((from, to)) || random.NextDouble() < _loss)) yield break;

        yield return Delay();
        if (!_calm && random.NextDouble() < _duplication) yield return Delay();
    }

    /// <summary>Cuts or heals some directions between nodes: one-way and full partitions come of it.</summary>
    public void Change(int nodes)
    {
        _cut.Clear();
        if (_calm || random.Next(2) == 0) return;

        int lonely = random.Next(nodes);
        int ways = random.Next(1, 4);
        for (int other = 0; other < nodes; other++)
        {
            if ((ways & 1) != 0) _cut.Add((lonely, other));
            if ((ways & 2) != 0) _cut.Add((other, lonely));
        }
    }

    public void Calm()
    {
        _calm = true;
        _cut.Clear();
    }

    // Stragglers overtake nothing and are overtaken by everything.
    private TimeSpan Delay() => TimeSpan.FromMilliseconds(
        !_calm && random.NextDouble() < _straggling ? random.Next(500, 8_000) : random.Next(1, 120));
}
