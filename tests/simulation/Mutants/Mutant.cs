namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>
/// A core with one rule taken out. The product has no switch for it: the text stands in a source file of
/// <c>repo-node/core</c>, and a copy with the replacement is compiled in its place.
/// </summary>
/// <param name="Name">By which the command line and the table know it.</param>
/// <param name="Rule">What it no longer obeys.</param>
/// <param name="File">Under repo-node/core.</param>
/// <param name="Text">Stands there exactly once.</param>
/// <param name="Replacement">Stands there in the mutant.</param>
/// <param name="Killer">A run in which the oracle objects; found by <c>--mutants --search</c>.</param>
internal sealed record Mutant(string Name, string Rule, string File, string Text, string Replacement, Killer Killer)
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        .. VotingMutants.All, .. CertificateMutants.All, .. BlockMutants.All, .. DurabilityMutants.All,
        .. AttestationMutants.All, .. BootMutants.All,
    ];
}

/// <summary>The run that kills a mutant: this way to lie, among four nodes, from this seed.</summary>
internal readonly record struct Killer(string Liar, int Seed);
