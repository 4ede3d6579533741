namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>Without the rules for what is on disk before a vote leaves.</summary>
internal static class DurabilityMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "vote-not-durable", "A vote is on disk before it leaves",
            "Consensus/Voting/Certification.cs",
            "        outbox.Persist(new JournalRecord.OwnVote(vote));\n", "",
            new Killer("honest", 0)),
        new(
            "cause-not-durable", "The certificate that caused a vote is on disk before it",
            "Consensus/Voting/Certification.cs",
            "        outbox.Persist(new JournalRecord.Learned(certificate));\n", "",
            new Killer("honest", 0)),
        new(
            "block-not-durable", "A block is on disk before the NOTARIZE for it",
            "Consensus/Voting/Voter.cs",
            "                outbox.Persist(new JournalRecord.VotedBlock(block));\n", "",
            new Killer("honest", 0)),
        new(
            "artifacts-not-held", "A release's artifacts are read back before the NOTARIZE for it",
            "Consensus/Voting/ProposalRules.cs",
            "return artifacts.Holds(executed.Artifacts) ?", "return executed is not null ?",
            new Killer("honest", 0)),
    ];
}
