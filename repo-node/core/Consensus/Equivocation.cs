using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// Two verified votes of one node in one view that an honest node never casts both: NOTARIZE or FINALIZE for two
/// blocks, or NULLIFY and FINALIZE.
/// </summary>
public sealed record Equivocation(Vote First, Vote Second)
{
    /// <summary>Whether the two votes, if they verify, convict their signer.</summary>
    public static bool Convicts(Vote first, Vote second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Signer != second.Signer || first.View != second.View) return false;

        return first.Kind == second.Kind
            ? first.Block != second.Block
            : (first.Kind, second.Kind)
                is (VoteKind.Nullify, VoteKind.Finalize) or (VoteKind.Finalize, VoteKind.Nullify);
    }
}
