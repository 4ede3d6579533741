using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
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
    public virtual NonceAnswers? Answers => null;

    public abstract RoundStep Start();

    /// <param name="happened">The answer to the last effect that asked for one.</param>
    /// <param name="reading">The machine's clocks now.</param>
    /// <exception cref="InvalidOperationException">Nothing asked for this event.</exception>
    public abstract RoundStep On(UpdateEvent happened, ClockReading reading);

    /// <summary>Puts the present question to the next of the candidates, of whom there is one.</summary>
    protected abstract RoundStep AskNext();

    /// <param name="rejection">Why the answer does not count.</param>
    /// <param name="note">The checkpoint that was refused: whoever cosigned it and the trusted one may be convicted.</param>
    /// <param name="again">Tries the same answer once the next trust root is in use.</param>
    protected RoundStep Refused(
        Rejection rejection, ReadOnlyMemory<byte> note = default, Func<ClockReading, RoundStep>? again = null)
    {
        if (rejection.Reason == RejectionReason.RootOutdated && again is not null) return new RoundStep.NeedsRoot(rejection, again);

        var evidence = Convict(Offers.Accuse(note)).ToList();
        if (rejection.Reason != RejectionReason.CheckpointForked) return Failed(NodeFault.Of(rejection)).Behind(evidence);

        // Two quorums contradict each other: no other node can make that good.
        Candidates.Failed(NodeFault.Of(rejection));
        return new RoundStep.Over(new UpdateOutcome.Refused(rejection)).Behind(evidence);
    }

    /// <summary>What the node's tiles say about a suspicion: a second certified history, or a node without the proof.</summary>
    protected RoundStep Refused(Suspicion suspicion, Digest root, ConsistencyProof proof)
    {
        if (suspicion.Confirm(root, proof) is not { } forked) return Refused(suspicion.Rejection);

        var evidence = Convict(Offers.Accuse(suspicion.Note, root, proof)).ToList();
        return Refused(forked).Behind(evidence);
    }

    /// <summary>Keeps evidence, and asks those it convicts no more.</summary>
    protected IEnumerable<UpdateEffect> Convict(IEnumerable<Evidence> evidence)
    {
        foreach (var one in evidence.DistinctBy(one => one.Node))
        {
            Candidates.Convict(Offers.Root.IndexOf(one.Node));
            yield return new UpdateEffect.KeepEvidence(one);
        }
    }

    /// <summary>Puts the question to the first of the candidates chosen.</summary>
    protected RoundStep AskFirst() => Candidates.AreLeft ? AskNext() : GiveUp();

    protected RoundStep Failed(NodeFault fault)
    {
        Candidates.Failed(fault);
        return Candidates.AreLeft ? AskNext() : GiveUp();
    }

    protected RoundStep TooFew(Rejection rejection) => new RoundStep.Over(new UpdateOutcome.NoQuorum(rejection, Answers));

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
