using System.Diagnostics;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.CommandLine;

/// <summary>What became of one seed: the hash over its run, or what did not hold.</summary>
internal sealed record SeedResult(Scenario Scenario, string? Trace, string? Broken)
{
    /// <summary>Runs a scenario once. Whatever is thrown, by us or by the core, is what did not hold.</summary>
    public static SeedResult Of(Scenario scenario)
    {
        using var simulation = new SimulatedNetwork(scenario);
        try
        {
            return new SeedResult(scenario, simulation.Run(), null);
        }
        catch (PropertyBrokenException broken)
        {
            return new SeedResult(scenario, null, broken.Message);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new SeedResult(scenario, null, $"{failure.GetType().Name}: {failure.Message}");
        }
    }

    /// <summary>The same, twice: one seed must give one run.</summary>
    public static SeedResult Twice(Scenario scenario)
    {
        var (first, second) = (Of(scenario), Of(scenario));
        return first == second ? first : first with { Broken = "two runs of one seed differ" };
    }
}

/// <summary>Many seeds, on all processors, with a table at the end.</summary>
internal static class SeedRun
{
    // Every so many seeds one is run twice, and the two runs compared.
    private const int Compared = 16;

    /// <returns>Whether everything held.</returns>
    public static bool Run(IReadOnlyList<Scenario> scenarios, bool stopAtFirst, string options)
    {
        var watch = Stopwatch.StartNew();
        var results = new SeedResult?[scenarios.Count];
        var all = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, scenarios.Count, all, (index, loop) =>
        {
            var scenario = scenarios[index];
            results[index] = index % Compared == 0 ? SeedResult.Twice(scenario) : SeedResult.Of(scenario);
            if (results[index]!.Broken is not null && stopAtFirst) loop.Break();
        });

        var done = results.OfType<SeedResult>().ToList();
        PrintTable(done, watch.Elapsed);
        foreach (var failed in done.Where(result => result.Broken is not null).Take(stopAtFirst ? 1 : 10))
        {
            Console.WriteLine($"seed {failed.Scenario.Seed}: {failed.Broken}");
            Console.WriteLine($"  {ReplayCommand(failed.Scenario.Seed, options)}");
        }

        return done.All(result => result.Broken is null);
    }

    /// <summary>Runs one seed twice and says what came of it.</summary>
    public static bool Replay(Scenario scenario)
    {
        var result = SeedResult.Twice(scenario);
        Console.WriteLine($"seed {scenario.Seed}: {scenario.Describe()}");
        Console.WriteLine(
            result.Broken is { } broken ? $"broken: {broken}" : $"trace {result.Trace}, the same in two runs");
        return result.Broken is null;
    }

    public static string ReplayCommand(int seed, string options) =>
        $"dotnet run --project tests/simulation -- --replay {seed}{options}";

    private static void PrintTable(List<SeedResult> done, TimeSpan elapsed)
    {
        var table = new Table("liars", "nodes", "seeds", "broken");
        var kinds = done
            .GroupBy(result => (result.Scenario.Nodes, Liars: result.Scenario.DescribeLiars()))
            .OrderBy(kind => kind.Key.Nodes).ThenBy(kind => kind.Key.Liars, StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            int broken = kind.Count(result => result.Broken is not null);
            table.Add(kind.Key.Liars, $"{kind.Key.Nodes}", $"{kind.Count()}", $"{broken}");
        }

        table.Print();
        double seconds = elapsed.TotalSeconds;
        Console.WriteLine($"{done.Count} seeds in {seconds:F1} s, {done.Count / seconds:F1} a second");
    }
}
