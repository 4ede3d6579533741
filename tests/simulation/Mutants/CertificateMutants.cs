namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>Without the rules for what counts as a quorum's word.</summary>
internal static class CertificateMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "unverified-votes", "A vote counts only if its signer signed it",
            "Consensus/Voting/VotePool.cs",
            "        if (!committee.Verifies(vote)) return false;\n", "",
            new Killer("impersonator", 0)),
        new(
            "unverified-certificates", "All q signatures of a certificate are verified",
            "Consensus/Voting/VotePool.cs",
            """
                    if (!votes.All(vote => Find(vote.View, vote.Kind, vote.Signer) == vote || committee.Verifies(vote)))
                        return false;

            """,
            "",
            new Killer("forger", 0)),
        new(
            "certificate-of-few", "A certificate has q signers",
            "Consensus/Committee.cs",
            "certificate.Signatures.Length == Quorum.Required;",
            "certificate.Signatures.Length > 0;",
            new Killer("forger", 0)),
        new(
            "signer-counts-twice", "A certificate's signers differ",
            "Consensus/Messages/Certificate.cs",
            "signer <= last", "signer < last",
            new Killer("forger", 0)),
        new(
            "small-quorum", "q votes make a certificate, not f + 1",
            "Consensus/Voting/VotePool.cs",
            "return parts.Length == committee.Quorum.Required ?",
            "return parts.Length > committee.Quorum.Faulty ?",
            new Killer("honest", 0)),
        new(
            "mixed-votes", "A certificate's votes are for one block",
            "Consensus/Voting/VotePool.cs",
            ".Where(vote => vote.Kind == kind && vote.Block == block)",
            ".Where(vote => vote.Kind == kind)",
            new Killer("proposal-equivocator", 0)),
        new(
            "kind-unsigned", "A vote's signature covers its kind",
            "Consensus/Messages/Vote.cs",
            ".U8((byte)kind).U64(view.Number).Digest(block)", ".U64(view.Number).Digest(block)",
            new Killer("impersonator", 2)),
        new(
            "view-unsigned", "A vote's signature covers its view",
            "Consensus/Messages/Vote.cs",
            ".U8((byte)kind).U64(view.Number).Digest(block)", ".U8((byte)kind).Digest(block)",
            new Killer("impersonator", 0)),
    ];
}
