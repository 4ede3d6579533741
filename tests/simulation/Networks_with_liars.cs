using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// f liars among n nodes in bad weather: the honest ones agree and make progress all the same, and nobody honest is
/// convicted by what was said.
/// </summary>
public sealed class Networks_with_liars
{
    public static TheoryData<string> Ways => [.. Liars.Names.Where(name => name != Liars.None)];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Withstand_one_of_four(string liar) => Seeds.AssertSound(4, seed => Scenario.Of(seed, 4, liar));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Withstand_two_of_seven(string liar) => Seeds.AssertSound(1, seed => Scenario.Of(seed, 7, liar));
}
