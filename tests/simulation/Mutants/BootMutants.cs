namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>Without the rules for a node that starts (docs/protocol.md §11).</summary>
internal static class BootMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "unchecked-journal", "A node that was set back to an old journal signs nothing by it",
            "Consensus/Boot/BootCheck.cs",
            "        if (!IsOwn(answer)) return new BootVerdict.Forged();\n",
            "        if (_answered.Add(peer)) return Standing;\n",
            new Killer("set-back", 0)),
    ];
}
