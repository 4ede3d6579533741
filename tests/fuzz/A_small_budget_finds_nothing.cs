using SupplyChain.Fuzz.Tests.Readers;
using SupplyChain.Fuzz.Tests.Running;

namespace SupplyChain.Fuzz.Tests;

/// <summary>The same inputs in every run, and few of them; <c>Program.cs</c> is for long runs with other seeds.</summary>
public sealed class A_small_budget_finds_nothing
{
    // Whichever is reached first: 40 s for all readers together on a slow machine.
    private static readonly Budget Small = new(Rounds: 1_000, Time: TimeSpan.FromSeconds(0.5));

    public static TheoryData<string> Names => new(AllReaders.All.Select(reader => reader.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void In_any_reader(string reader)
    {
        var tally = new Campaign(AllReaders.Find(reader)!).Run(Small, firstSeed: 1);
        Assert.True(tally.Finding is null, tally.Finding?.ToString());
        Assert.True(tally.Rounds > 0);
    }
}
