using System.Collections.Immutable;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>Makes the node with a number.</summary>
internal delegate SimulatedNode NodeMaker(SimulatedNetwork simulation, byte index);

/// <summary>What a seed is run on: how many nodes, and which of them lie, each in its way.</summary>
/// <param name="Seed">Everything else in the run is drawn from it.</param>
/// <param name="Nodes">4 or 7.</param>
/// <param name="Liars">Names of <see cref="World.Liars"/>, at most f of them.</param>
internal sealed record Scenario(int Seed, int Nodes, ImmutableArray<string> Liars)
{
    /// <summary>
    /// What a seed means where nothing else is asked for: one run in four has seven nodes, and up to f of them lie.
    /// </summary>
    /// <param name="seed">Any number.</param>
    /// <param name="nodes">This many nodes, whatever the seed says.</param>
    /// <param name="liar">All liars lie in this way, whatever the seed says.</param>
    public static Scenario Of(int seed, int? nodes = null, string? liar = null)
    {
        // Apart from the run's own draws, so that a run is the same whether its scenario was drawn or asked for.
        var random = new Random(seed ^ 0x5EED);
        int drawn = random.Next(4) == 0 ? 7 : 4;
        int size = nodes ?? drawn;
        var ways = Enumerable.Range(0, (size - 1) / 3)
            .Select(_ => World.Liars.Names[random.Next(World.Liars.Names.Count)])
            .Select(drawnWay => liar ?? drawnWay)
            .Where(way => way != World.Liars.None);
        return new Scenario(seed, size, [.. ways]);
    }

    /// <summary>
    /// Whether nodes ask their peers at each start what they signed. What nobody heard nobody can tell, so that such a run
    /// has weather in which nothing is lost.
    /// </summary>
    public bool ChecksJournals => Liars.Contains(World.Liars.SetBack);

    public string Describe() => $"{Nodes} nodes, {DescribeLiars()}";

    public string DescribeLiars() =>
        Liars.IsEmpty ? World.Liars.None : string.Join(" and ", Liars.Distinct().Order(StringComparer.Ordinal));
}
