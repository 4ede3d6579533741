namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>Without the rules for which block deserves a vote.</summary>
internal static class BlockMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "skipped-views", "Every view between parent and proposal is nullified",
            "Consensus/Voting/ProposalRules.cs",
            """
                    if (certificates.FirstStanding(header.ParentView, header.View) is { } standing)
                        return new Judgement.LacksCertificates(standing);

            """,
            "",
            new Killer("stale-parents", 0)),
        new(
            "uncertified-parent", "A parent is certified",
            "Consensus/Voting/ProposalRules.cs",
            """
                    if (!certificates.Certifies(header.ParentView, header.ParentHash))
                        return new Judgement.LacksCertificates(header.ParentView);

            """,
            "",
            new Killer("stale-parents", 5)),
        new(
            "any-height", "A block's height is its parent's plus one",
            "Consensus/Voting/ProposalRules.cs",
            "        if (header.Height != parent.Header.Height + 1) return Refuse(ProposalRefusal.WrongHeight);\n", "",
            new Killer("bad-blocks", 8)),
        new(
            "time-backwards", "Time never goes back along the chain",
            "Consensus/Voting/ProposalRules.cs",
            "        if (header.Time < parent.Header.Time) return Refuse(ProposalRefusal.TimeBackwards);\n", "",
            new Killer("bad-blocks", 24)),
        new(
            "time-ahead", "A block's time is not ahead of the voter's clock",
            "Consensus/Voting/ProposalRules.cs",
            ".ToUnixTimeSeconds() + Bounds.SkewSeconds", ".ToUnixTimeSeconds() + 1_000_000",
            new Killer("bad-blocks", 24)),
        new(
            "any-roots", "Execution leads to the header's roots",
            "Consensus/Proposing/BlockTree.cs",
            "        if (!executed.Matches(block.Header)) return ProposalRefusal.WrongRoots;\n", "",
            new Killer("bad-blocks", 11)),
        new(
            "unsigned-statements", "An entry is signed by the product's role",
            "Ledger/LedgerRules.cs",
            "        if (!signatures.Verifies(submission, role.Key)) return LedgerRefusal.WrongSignature;\n", "",
            new Killer("bad-blocks", 0)),
        new(
            "releases-beside-each-other", "A release follows the product's last one",
            "Ledger/LedgerRules.cs",
            "release.Sequence != sequence || release.Previous != previous", "release.Sequence == 0",
            new Killer("honest", 0)),
    ];
}
