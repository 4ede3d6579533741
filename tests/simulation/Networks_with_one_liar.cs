using SupplyChain.Simulation.Tests.Adversaries;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// Three honest nodes and one adversary in bad weather: the honest ones agree and make progress all the same.
/// </summary>
public sealed class Networks_with_one_liar
{
    [Fact]
    public void Withstand_a_node_that_votes_for_everything_and_proposes_twice() =>
        Withstand((simulation, index, genesis) => new Equivocator(simulation, index, genesis));

    [Fact]
    public void Withstand_a_node_that_tells_each_thing_to_one_node_only() =>
        Withstand((simulation, index, genesis) => new Withholder(simulation, index, genesis));

    [Fact]
    public void Withstand_a_node_that_forges_truncates_and_floods() =>
        Withstand((simulation, index, genesis) => new Forger(simulation, index, genesis));

    private static void Withstand(NodeMaker liar) => Seeds.Run(5, seed => new Simulation(seed, liar));
}
