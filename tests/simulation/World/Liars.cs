using SupplyChain.Simulation.Tests.Adversaries;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>The ways to lie, and one to be damaged, by the names under which the command line and the tables know them.</summary>
internal static class Liars
{
    private static readonly SortedDictionary<string, NodeMaker> Makers = new(StringComparer.Ordinal)
    {
        ["amnesiac"] = (simulation, index) => new Amnesiac(simulation, index),
        ["bad-blocks"] = (simulation, index) => new BadBlocks(simulation, index),
        ["forger"] = (simulation, index) => new Forger(simulation, index),
        ["impersonator"] = (simulation, index) => new Impersonator(simulation, index),
        ["proposal-equivocator"] = (simulation, index) => new ProposalEquivocator(simulation, index),
        ["selective"] = (simulation, index) => new Selective(simulation, index),
        [SetBack] = (simulation, index) => new SetBack(simulation, index),
        ["silent"] = (simulation, index) => new Silent(simulation, index),
        ["stale-parents"] = (simulation, index) => new StaleParents(simulation, index),
        ["two-faced"] = (simulation, index) => new TwoFaced(simulation, index),
        ["vote-equivocator"] = (simulation, index) => new VoteEquivocator(simulation, index),
        ["withholder"] = (simulation, index) => new Withholder(simulation, index),
    };

    /// <summary>No liar at all.</summary>
    public const string None = "honest";

    /// <summary>An honest node that is set back to an old snapshot.</summary>
    public const string SetBack = "set-back";

    public static IReadOnlyList<string> Names { get; } = [None, .. Makers.Keys];

    /// <exception cref="KeyNotFoundException">There is no such way, or the name is <see cref="None"/>.</exception>
    public static NodeMaker Make(string name) => Makers[name];
}
