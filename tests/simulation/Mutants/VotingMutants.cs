namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>Without the rules for what a node may still vote (docs/protocol.md §11).</summary>
internal static class VotingMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "notarize-twice", "One NOTARIZE per view",
            "Consensus/Voting/VoteLog.cs",
            "Cast(view, VoteKind.Notarize) is null && Cast(view, VoteKind.Nullify) is null,",
            "Cast(view, VoteKind.Nullify) is null,",
            new Killer("honest", 0)),
        new(
            "notarize-after-nullify", "No NOTARIZE after NULLIFY",
            "Consensus/Voting/VoteLog.cs",
            "Cast(view, VoteKind.Notarize) is null && Cast(view, VoteKind.Nullify) is null,",
            "Cast(view, VoteKind.Notarize) is null,",
            new Killer("withholder", 0)),
        new(
            "finalize-after-nullify", "Never NULLIFY and FINALIZE in one view",
            "Consensus/Voting/VoteLog.cs",
            """
                    VoteKind.Nullify or VoteKind.Finalize =>
                        Cast(view, VoteKind.Nullify) is null && Cast(view, VoteKind.Finalize) is null,
            """,
            """
                    VoteKind.Nullify => Cast(view, VoteKind.Nullify) is null && Cast(view, VoteKind.Finalize) is null,
                    VoteKind.Finalize => Cast(view, VoteKind.Finalize) is null,
            """,
            new Killer("withholder", 0)),
        new(
            "forgotten-votes", "A restart is bound by the votes in the journal",
            "Consensus/ReplicaState.cs",
            "case JournalRecord.OwnVote(var vote) when vote.View > Tip.Header.View:",
            "case JournalRecord.OwnVote(var vote) when vote.View > View.Next.Next.Next:",
            new Killer("proposal-equivocator", 6)),
        new(
            "anybody-proposes", "Only the leader's own signature makes a proposal",
            "Consensus/Peers/Inbox.cs",
            "if (state.IsInWindow(header.View) && certification.Count(from, proposal.LeaderVote))",
            "if (state.IsInWindow(header.View))",
            new Killer("impersonator", 0)),
    ];
}
