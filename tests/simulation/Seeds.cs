using SupplyChain.Protocol;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// Which seeds a test runs. <c>SIMULATION_SEED=17 dotnet test tests/simulation</c> runs one,
/// <c>SIMULATION_SEEDS=5000</c> that many.
/// </summary>
internal static class Seeds
{
    public static void Run(int count, Func<int, Simulation> network)
    {
        foreach (int seed in Chosen(count))
        {
            try
            {
                using var simulation = network(seed);
                simulation.Run();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"{failure.Message}. Replay: SIMULATION_SEED={seed} dotnet test tests/simulation", failure);
            }
        }
    }

    /// <summary>The first seed in which the oracle objects, or null.</summary>
    public static int? FirstCaught(int count, Func<int, Simulation> network)
    {
        for (int seed = 0; seed < count; seed++)
        {
            try
            {
                using var simulation = network(seed);
                simulation.Run();
            }
            catch (PropertyBrokenException)
            {
                return seed;
            }
            catch (InvariantBrokenException)
            {
                // The core stopped itself before the oracle had to speak.
            }
        }

        return null;
    }

    private static IEnumerable<int> Chosen(int count)
    {
        if (Read("SIMULATION_SEED") is { } one) return [one];

        return Enumerable.Range(0, Read("SIMULATION_SEEDS") ?? count);
    }

    private static int? Read(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int value) ? value : null;
}
