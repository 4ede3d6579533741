using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>What a replica says to a submission.</summary>
public abstract record SubmissionAnswer
{
    private SubmissionAnswer()
    {
    }

    /// <summary>It waits to be ordered, from now on or since earlier.</summary>
    public sealed record Pending : SubmissionAnswer;

    /// <summary>A ledger rule refuses it; <see cref="LedgerRefusal.Duplicate"/> says that it is in the log.</summary>
    public sealed record Refused(LedgerRefusal Refusal) : SubmissionAnswer;

    /// <summary>Too much is waiting already; try again later.</summary>
    public sealed record Full : SubmissionAnswer;
}
