namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>Why a proposal can never be voted for: each is a matter of the signed block alone, so it will not heal.</summary>
public enum ProposalRefusal
{
    /// <summary>It builds on a block that a finalisation has already left behind.</summary>
    StaleParent,

    /// <summary>It names a genesis that is not ours.</summary>
    WrongGenesis,

    /// <summary>Its height is not its parent's plus one.</summary>
    WrongHeight,

    /// <summary>Its time is before its parent's.</summary>
    TimeBackwards,

    /// <summary>A ledger rule refuses one of its entries.</summary>
    InvalidEntry,

    /// <summary>Execution leads to other roots than the header's.</summary>
    WrongRoots,

    /// <summary>The leader signed two blocks for this view.</summary>
    Equivocation,
}
