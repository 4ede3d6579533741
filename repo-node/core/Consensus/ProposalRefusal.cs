namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// Why a proposal can never be voted for: each is a matter of what a quorum or the leader signed, so it will not heal.
/// </summary>
public enum ProposalRefusal
{
    /// <summary>The leader signed two blocks for this view.</summary>
    Equivocation,

    /// <summary>
    /// It builds on a block that a certificate rules out: not the final one, or beside the final chain.
    /// </summary>
    ParentRuledOut,

    /// <summary>Its height is not its parent's plus one.</summary>
    WrongHeight,

    /// <summary>Its time is before its parent's.</summary>
    TimeBackwards,

    /// <summary>A ledger rule refuses one of its entries.</summary>
    InvalidEntry,

    /// <summary>It states a size or an fs-verity digest that the bytes of that SHA-256 do not have.</summary>
    WrongArtifact,

    /// <summary>Execution leads to other roots than the header's.</summary>
    WrongRoots,
}
