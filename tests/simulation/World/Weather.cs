namespace SupplyChain.Simulation.Tests.World;

/// <summary>
/// How badly a run treats its network and its machines, drawn from the seed; calm after the storm. Lets messages be
/// lost, doubled, overtaken and cut off, and says when the power fails.
/// </summary>
internal sealed class Weather
{
    private readonly Random _random;
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly double _loss;
    private readonly double _duplication;
    private readonly double _straggling;
    private readonly double _powerFailure;
    private Func<int, int, bool>? _parted;

    public Weather(Random random)
    {
        _random = random;
        _loss = random.NextDouble() * 0.15;
        _duplication = random.NextDouble() * 0.1;
        _straggling = random.NextDouble() * 0.15;
        _powerFailure = random.Next(4) switch { 0 => 0, 1 => 0.005, 2 => 0.02, _ => 0.1 };
    }

    /// <summary>After this, whatever arrives has arrived.</summary>
    public static TimeSpan LongestDelay { get; } = TimeSpan.FromMilliseconds(8_000);

    public bool IsCalm { get; private set; }

    /// <summary>Nothing is lost and no power fails; messages still straggle, overtake and come twice.</summary>
    public bool IsLossless { get; init; }

    /// <summary>Delays after which a message arrives: none when it is lost, two when it is doubled.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="isFast">A liar with a better line than everybody else's.</param>
    public IEnumerable<TimeSpan> Deliveries(int from, int to, bool isFast)
    {
        bool isCut = _cut.Contains((from, to)) || _parted?.Invoke(from, to) == true;
        if (!IsCalm && !IsLossless && (isCut || _random.NextDouble() < _loss)) yield break;

        yield return Delay(isFast);
        if (!IsCalm && _random.NextDouble() < _duplication) yield return Delay(isFast);
    }

    /// <summary>Cuts or heals some directions between nodes: one-way and full partitions come of it.</summary>
    public void Change(int nodes)
    {
        _cut.Clear();
        if (IsCalm || _random.Next(2) == 0) return;

        var island = Enumerable.Range(0, nodes).Where(_ => _random.Next(3) == 0).ToHashSet();
        if (island.Count == 0) island.Add(_random.Next(nodes));
        int ways = _random.Next(1, 4);
        foreach (int inside in island)
        {
            foreach (int outside in Enumerable.Range(0, nodes).Where(node => !island.Contains(node)))
            {
                if ((ways & 1) != 0) _cut.Add((inside, outside));
                if ((ways & 2) != 0) _cut.Add((outside, inside));
            }
        }
    }

    /// <summary>Parts nodes until the calm, besides what comes and goes.</summary>
    public void Part(Func<int, int, bool> parted) => _parted = parted;

    public void Calm()
    {
        IsCalm = true;
        _cut.Clear();
        _parted = null;
    }

    /// <summary>Whether the power fails, and how much of what a step was to do is done by then.</summary>
    /// <param name="records">Records that the step writes; power fails most often where it hurts.</param>
    /// <param name="effects">Everything else that it does.</param>
    public PowerFailure? PowerFailure(int records, int effects)
    {
        double chance = records > 0 ? _powerFailure : _powerFailure / 50;
        if (IsCalm || IsLossless || _random.NextDouble() >= chance) return null;

        return _random.Next(2) == 0
            ? new PowerFailure(_random.Next(records + 1), Effects: 0)
            : new PowerFailure(records, _random.Next(effects + 1));
    }

    // Stragglers overtake nothing and are overtaken by everything.
    private TimeSpan Delay(bool isFast) => TimeSpan.FromMilliseconds(
        isFast ? _random.Next(1, 4)
        : !IsCalm && _random.NextDouble() < _straggling ? _random.Next(500, (int)LongestDelay.TotalMilliseconds)
        : _random.Next(1, 120));
}

/// <summary>
/// A step that the power ended: its first records are on disk, the next one is torn and cut off at the restart; of what
/// it was to do after the sync, only the first effects happened.
/// </summary>
internal readonly record struct PowerFailure(int Records, int Effects);
