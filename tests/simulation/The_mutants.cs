using SupplyChain.Simulation.Tests.Mutants;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// Whether each is killed takes a compiler and minutes: <c>dotnet run --project tests/simulation -- --mutants</c>. That
/// each still says where its rule stands takes none.
/// </summary>
public sealed class The_mutants
{
    public static TheoryData<string> Names => [.. Mutant.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Find_their_text_exactly_once_in_the_core(string name)
    {
        var mutant = Mutant.All.Single(known => known.Name == name);

        Assert.NotEqual(mutant.Text, mutant.Replacement);
        Assert.NotEmpty(MutantCompiler.Mutate(mutant));
    }
}
