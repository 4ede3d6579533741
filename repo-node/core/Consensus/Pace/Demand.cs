using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Proposing;

namespace SupplyChain.RepoNode.Core.Consensus.Pace;

/// <summary>Why a view runs at all: views run on demand, so that an idle network is silent.</summary>
internal sealed class Demand(ReplicaState state, Submissions submissions, Pacemaker pacemaker)
{
    /// <summary>Whether the view's timer runs: here is work, or an honest node says that there is.</summary>
    public bool IsBusy =>
        state.Proposal is not null
        || HasWork
        || state.Pool.Count(state.View, VoteKind.Nullify) > state.Committee.Quorum.Faulty;

    /// <summary>Whether a leader has a reason to propose.</summary>
    // Without the first clause a lost round of FINALIZE would leave a notarised block unfinalised for ever.
    public bool HasWork => AwaitsFinalisation || submissions.AnyReady;

    /// <summary>Whether an empty block is called for, which only helps a notarised one to finality.</summary>
    // It waits for FINALIZE votes that are on their way: proposed at once, it would be notarised before they arrive and
    // call for the next one, for ever.
    public bool LacksFinalisation => AwaitsFinalisation && pacemaker.HasWaited(state.Now);

    private bool AwaitsFinalisation => state.Certificates.HighestNotarised > state.Certificates.LastFinal;
}
