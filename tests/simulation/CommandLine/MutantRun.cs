using SupplyChain.Simulation.Tests.Mutants;

namespace SupplyChain.Simulation.Tests.CommandLine;

/// <summary>All mutants, one after the other, and a table of what killed them.</summary>
internal static class MutantRun
{
    /// <summary>Tries each mutant on the run that is recorded with it.</summary>
    /// <returns>Whether all were killed, and the correct core survived.</returns>
    public static bool RunKnown(IReadOnlyList<Mutant> mutants)
    {
        // A trial is one run on one thread; several go side by side.
        var trials = new MutantTrial[mutants.Count];
        var all = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, mutants.Count, all, index => trials[index] = Tell(MutantTrial.OfKnown(mutants[index])));
        return Report(trials);
    }

    /// <summary>Looks for the first seed that kills each, which is then to be recorded with it.</summary>
    public static bool Search(IReadOnlyList<Mutant> mutants, int start, int seeds) =>
        Report([.. mutants.Select(mutant => Tell(MutantTrial.OfSearch(mutant, start, seeds)))]);

    // Whoever waits for minutes wants to see that it goes on.
    private static MutantTrial Tell(MutantTrial trial)
    {
        Console.Error.WriteLine($"{trial.Mutant.Name}: {Verdict(trial)}");
        return trial;
    }

    private static string Verdict(MutantTrial trial) =>
        trial.KilledBy is { } run ? $"{run.Liar} {run.Seed}" : "SURVIVED";

    private static bool Report(MutantTrial[] trials)
    {
        var table = new Table("mutant", "rule", "killed by", "s", "what was said");
        foreach (var trial in trials)
        {
            string seconds = $"{trial.Took.TotalSeconds:F1}";
            table.Add(trial.Mutant.Name, trial.Mutant.Rule, Verdict(trial), seconds, trial.Said);
        }

        table.Print();
        Console.WriteLine($"{trials.Count(trial => trial.IsKilled)} of {trials.Length} mutants killed");
        return trials.All(trial => trial.IsKilled);
    }
}
