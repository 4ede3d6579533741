namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>Without the rules for what a node cosigns, and what counts as certified (docs/protocol.md §4).</summary>
internal static class AttestationMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "cosigns-unread", "Artifacts are read back before a checkpoint is cosigned",
            "Attestation/AttestationRules.cs",
            "return candidate.Artifacts.All(held) ? AttestationRuling.Sign : AttestationRuling.Wait;",
            "return AttestationRuling.Sign;",
            new Killer("honest", 0)),
        new(
            "forgotten-checkpoint", "A restart is bound by the checkpoint cosigned last",
            "Attestation/Cosigner.cs",
            "        Last = last;\n", "        Last = null;\n",
            new Killer("honest", 0)),
        new(
            "unverified-cosignatures", "A cosignature counts only if its node signed it",
            "Attestation/Cosignatures.cs",
            "        if (!Verifies(root, cosignature)) return CosignatureOutcome.Forged;\n", "",
            new Killer("impersonator", 0)),
        new(
            "certified-by-few", "q cosignatures certify a checkpoint, not f + 1",
            "Attestation/Cosignatures.cs",
            "signatures.Count >= root.Quorum.Required", "signatures.Count > root.Quorum.Faulty",
            new Killer("honest", 0)),
        new(
            "any-cosigned-root", "Cosignatures on another root do not count",
            "Attestation/Cosignatures.cs",
            "            if (own != cosignature.Root) return Forked(cosignature);\n", "",
            new Killer("impersonator", 0)),
    ];
}
