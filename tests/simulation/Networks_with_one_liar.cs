using SupplyChain.Simulation.Tests.Adversaries;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// Three honest nodes and one adversary in bad weather: the honest ones agree and make progress all the same.
/// </summary>
public sealed class Networks_with_one_liar
{
    [Fact]
    public void Withstand_a_node_that_votes_for_everything_and_proposes_twice() =>
        Seeds.Run(5, seed => new Simulation(seed, (simulation, index, genesis) => new Equivocator(simulation, index, genesis)));

    [Fact]
    public void Withstand_a_node_that_tells_each_thing_to_one_node_only() =>
        Seeds.Run(5, seed => new Simulation(seed, (simulation, index, genesis) => new Withholder(simulation, index, genesis)));

    [Fact]
    public void Withstand_a_node_that_forges_truncates_and_floods() =>
        Seeds.Run(5, seed => new Simulation(seed, (simulation, index, genesis) => new Forger(simulation, index, genesis)));
}
