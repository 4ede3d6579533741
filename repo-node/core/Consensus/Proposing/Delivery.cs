using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus.Proposing;

/// <summary>Hands final blocks to the host, and lets go of what they settle.</summary>
internal sealed class Delivery(ReplicaState state, Submissions submissions, ArtifactGate artifacts, Outbox outbox)
{
    /// <summary>
    /// Delivers the block of a finalisation and its ancestors, unless that was done or a body is missing.
    /// </summary>
    public void Deliver(Certificate? finalisation)
    {
        if (finalisation is null || finalisation.View <= state.Tip.Header.View) return;

        var blocks = state.Tree.Finalise(finalisation);
        if (blocks.Count == 0) return;

        foreach (var block in blocks) outbox.Add(new Effect.Deliver(block));
        foreach (var (id, refusal) in submissions.Rebase(state.Tip.Ledger))
        {
            if (refusal != LedgerRefusal.Duplicate) outbox.Add(new Effect.Drop(id, refusal));
        }

        artifacts.Retain(submissions.OldestFirst.SelectMany(submission => submission.Artifacts));
        state.Log.Settle(state.Tip.Header.View);
        state.Forget();
    }
}
