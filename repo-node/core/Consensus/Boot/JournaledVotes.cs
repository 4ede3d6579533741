using System.Collections.Immutable;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Consensus.Boot;

/// <summary>What a node's journal says of its votes when it starts.</summary>
/// <param name="Settled">
/// Views up to this one are final by the journal or the stored chain: votes in them are no longer kept, and none is cast
/// in them any more.
/// </param>
/// <param name="Open">The votes in later views.</param>
public sealed record JournaledVotes(View Settled, ImmutableArray<Vote> Open)
{
    /// <summary>Whether the journal accounts for a vote under this node's key.</summary>
    public bool Cover(Vote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        return vote.View <= Settled
            || Open.Any(known => known.View == vote.View && known.Kind == vote.Kind && known.Block == vote.Block);
    }

    /// <summary>The newest it knows of, in words.</summary>
    public override string ToString() => Open.IsEmpty ? $"settled up to {Settled}" : $"voted up to {Open[^1].View}";
}
