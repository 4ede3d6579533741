using SupplyChain.Simulation.Tests.CommandLine;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests;

/// <summary>The few seeds that a test runs; the program runs as many as one likes.</summary>
internal static class Seeds
{
    public static void AssertSound(int count, Func<int, Scenario> scenarioOf)
    {
        for (int seed = 0; seed < count; seed++)
        {
            var scenario = scenarioOf(seed);
            var result = SeedResult.Of(scenario);
            string options = $" --nodes {scenario.Nodes} --liar {scenario.Liars.FirstOrDefault(Liars.None)}";
            Assert.True(result.Broken is null, $"{result.Broken}\n{SeedRun.ReplayCommand(seed, options)}");
        }
    }

    /// <summary>What is broken first, in so many seeds, when one node is this and claims to be honest.</summary>
    public static string? FirstBroken(int count, NodeMaker liar)
    {
        for (int seed = 0; seed < count; seed++)
        {
            using var simulation = new SimulatedNetwork(
                new Scenario(seed, 4, []), [liar], complaint => throw new PropertyBrokenException(complaint));
            try
            {
                simulation.Run();
            }
            catch (PropertyBrokenException broken)
            {
                return broken.Message;
            }
        }

        return null;
    }
}
