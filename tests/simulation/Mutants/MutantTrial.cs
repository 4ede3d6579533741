using System.Diagnostics;
using SupplyChain.Simulation.Tests.CommandLine;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>What came of one mutant: the run that killed it, if any did, and what was said there.</summary>
internal sealed record MutantTrial(Mutant Mutant, Killer? KilledBy, string Said, TimeSpan Took)
{
    private const int Nodes = 4;
    private const int FewSeeds = 40;

    // A mutant may talk to itself for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public bool IsKilled => KilledBy is not null;

    /// <summary>
    /// Tries the run that is known to kill it, and a few more if the core has changed since so that it does not. The
    /// correct core must survive what killed the mutant.
    /// </summary>
    public static MutantTrial OfKnown(Mutant mutant) => Try(mutant, [(mutant.Killer.Seed, 1), (0, FewSeeds)]);

    /// <summary>Looks for the first seed that kills it, with its adversary.</summary>
    public static MutantTrial OfSearch(Mutant mutant, int start, int seeds) => Try(mutant, [(start, seeds)]);

    private static MutantTrial Try(Mutant mutant, IReadOnlyList<(int Start, int Count)> ranges)
    {
        var watch = Stopwatch.StartNew();
        string liar = mutant.Killer.Liar;
        var folder = Directory.CreateTempSubdirectory("mutant-");
        try
        {
            string program = MutantCompiler.Build(mutant, folder.FullName);
            foreach (var (start, count) in ranges)
            {
                var (killedBy, said) = Run(program, liar, start, count);
                if (killedBy is not { } seed) continue;

                return SeedResult.Of(Scenario.Of(seed, Nodes, liar)).Broken is { } broken
                    ? new MutantTrial(mutant, null, $"seed {seed} breaks the correct core too: {broken}", watch.Elapsed)
                    : new MutantTrial(mutant, new Killer(liar, seed), said, watch.Elapsed);
            }

            return new MutantTrial(mutant, null, $"{ranges.Sum(range => range.Count)} seeds", watch.Elapsed);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (int? Seed, string Said) Run(string program, string liar, int start, int seeds)
    {
        string[] arguments =
        [
            program, "--first", "--nodes", $"{Nodes}", "--liar", liar, "--start", $"{start}", "--seeds", $"{seeds}",
        ];
        using var process = Process.Start(
            new ProcessStartInfo(MutantCompiler.Dotnet, arguments) { RedirectStandardOutput = true })!;
        var reading = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            throw new InvalidOperationException($"{program} did not end within {Patience.TotalMinutes} minutes");
        }

        string[]? verdict = reading.Result.Split('\n')
            .FirstOrDefault(line => line.StartsWith("seed ", StringComparison.Ordinal))
            ?.Split(": ", 2);
        return (process.ExitCode, verdict) switch
        {
            (0, _) => (null, ""),
            (1, [var seed, var said]) => (int.Parse(seed["seed ".Length..], provider: null), said),
            _ => throw new InvalidOperationException($"the simulator ended with {process.ExitCode}: {reading.Result}"),
        };
    }
}
