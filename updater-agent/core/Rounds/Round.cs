using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Freshness;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>
/// Questions to nodes until one thing is known, or cannot be. A node that fails or is refused is noted, and the next
/// one asked.
/// </summary>
internal abstract class Round(UpdateTask task, Candidates candidates, Offers offers)
{
    protected UpdateTask Task { get; } = task;

    protected Candidates Candidates { get; } = candidates;

    protected Offers Offers { get; } = offers;

    /// <summary>The answers of all, where the round asked for them.</summary>
    public virtual RollCall? Roll => null;

    public abstract RoundStep Start();

    /// <param name="happened">The answer to the last effect that asked for one.</param>
    /// <param name="now">Unix seconds, not below the trusted time.</param>
    /// <exception cref="InvalidOperationException">Nothing asked for this event.</exception>
    public abstract RoundStep On(UpdateEvent happened, long now);

    /// <summary>Puts the present question to the next of the candidates, of whom there is one.</summary>
    protected abstract RoundStep AskNext();

    /// <param name="rejection">Why the answer does not count.</param>
    /// <param name="again">Tries the same answer once the next trust root is in use.</param>
    protected RoundStep Refused(Rejection rejection, Func<long, RoundStep>? again = null)
    {
        if (rejection.Reason == RejectionReason.RootOutdated && again is not null) return new RoundStep.NeedsRoot(rejection, again);
        if (rejection.Reason != RejectionReason.CheckpointForked) return Failed(NodeFault.Of(rejection));

        // Two quorums contradict each other: no other node can make that good.
        Candidates.Failed(NodeFault.Of(rejection));
        return new RoundStep.Over(new UpdateOutcome.Refused(rejection));
    }

    protected RoundStep Failed(NodeFault fault)
    {
        Candidates.Failed(fault);
        return Candidates.AreLeft ? AskNext() : GiveUp();
    }

    protected RoundStep TooFew(Rejection rejection) => new RoundStep.Over(new UpdateOutcome.NoQuorum(rejection, Roll));

    protected static InvalidOperationException NotAskedFor(UpdateEvent happened, object question) =>
        new($"{happened.GetType().Name} does not answer {question}.");

    // What a node said against verification outweighs that others were silent; too few attestations are silence.
    private RoundStep GiveUp()
    {
        var rejections = Candidates.Rejections;
        var refused = rejections.FirstOrDefault(
            one => one.Reason is not (RejectionReason.CheckpointNotCertified or RejectionReason.CheckpointStale));
        if (refused is not null) return new RoundStep.Over(new UpdateOutcome.Refused(refused));

        var silence = new Rejection(RejectionReason.NotEnoughAnswers, $"none of {Task.Root.Nodes.Count} nodes gave a whole answer");
        return TooFew(rejections.Count > 0 ? rejections[0] : silence);
    }
}
