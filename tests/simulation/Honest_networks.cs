using SupplyChain.Simulation.Tests.CommandLine;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests;

/// <summary>Honest nodes in bad weather, with power failures.</summary>
public sealed class Honest_networks
{
    [Theory]
    [InlineData(4, 12)]
    [InlineData(7, 4)]
    public void Agree_through_storms_make_progress_when_these_are_over_and_fall_silent(int nodes, int seeds) =>
        Seeds.AssertSound(seeds, seed => Scenario.Of(seed, nodes, Liars.None));

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void Do_the_same_in_two_runs_of_one_seed(int nodes)
    {
        var result = SeedResult.Twice(Scenario.Of(seed: 7, nodes));

        Assert.Null(result.Broken);
        Assert.NotNull(result.Trace);
    }
}
