using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Policy;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>What a channel offers by one certified checkpoint, and what to do about it.</summary>
/// <param name="Certified">The checkpoint that it was proven by.</param>
/// <param name="Update">Null when the channel is proven to be empty.</param>
/// <param name="Decision">Step 10's.</param>
internal sealed record Offer(CertifiedCheckpoint Certified, VerifiedUpdate? Update, Decision Decision);

/// <summary>A bundle whose checkpoint and map are verified (steps 3, 5, 6), the rest not yet.</summary>
internal sealed record AttestedBundle(UpdateProof Proof, AttestedMap Map);

/// <summary>
/// What nodes' answers prove, on top of what is trusted: steps 3 and 5 to 10 of docs/protocol.md §7. What was verified
/// moves the trusted state on, which never goes back.
/// </summary>
internal sealed class Offers(UpdateTask task)
{
    private readonly List<AdoptedRoot> _walked = [];
    private UpdateVerifier _verifier = new(task.Root, task.Known);
    private UpdateProof? _proof = task.LastProof;

    /// <summary>The trust root in use: the newest one that step 2 walked to.</summary>
    public TrustRoot Root { get; private set; } = task.Root;

    public TrustedState State { get; private set; } = task.State;

    /// <summary>The checkpoint that others must extend; null before the first.</summary>
    public Checkpoint? Trusted => State.Checkpoint;

    /// <summary>The trusted size; 0 before there is one.</summary>
    public ulong From => Trusted?.Size.Value ?? 0;

    private UpdateRequest Request => new(task.Product, task.Channel, Trusted);

    /// <summary>Step 3, and as much of step 5 as needs no proof: a larger checkpoint may still turn out not to extend.</summary>
    public Verdict<CertifiedCheckpoint> Certify(ReadOnlyMemory<byte> note, long now)
    {
        if (!_verifier.Certify(note.Span, now).TryGet(out var certified, out var rejection)) return rejection;
        if (Trusted is { } trusted && certified.Checkpoint.Size <= trusted.Size && certified.Checkpoint != trusted)
        {
            return UpdateVerifier.Extends(trusted, certified, null)!;
        }

        return certified;
    }

    /// <summary>Steps 3, 5 and 6. Where this accepts, <see cref="Advance"/> may follow.</summary>
    public Verdict<AttestedBundle> Attest(ReadOnlyMemory<byte> bundle, long now)
    {
        if (!UpdateProof.TryRead(bundle.Span, out var proof))
        {
            return new Rejection(RejectionReason.ProofMalformed, $"{bundle.Length} bytes that are no bundle");
        }

        return Attest(proof, now);
    }

    /// <summary>Step 2: takes the next trust root into use. It is kept only when a checkpoint is that shows it in the trusted log.</summary>
    /// <returns>Why the file does not bring it; null when it does.</returns>
    public Rejection? Follow(ReadOnlyMemory<byte> file)
    {
        if (!RootUpdate.Follow(Root, file.Span, Trusted).TryGet(out var adopted, out var rejection)) return rejection;

        Root = adopted.Root;
        _verifier = new UpdateVerifier(Root, task.Known);
        _walked.Add(adopted);
        return null;
    }

    /// <summary>Step 7: the checkpoint, its time, and the roots that were walked to before it showed the last of them.</summary>
    public IReadOnlyList<UpdateEffect> Advance(AttestedBundle bundle)
    {
        State = State.Advance(bundle.Map.Certified).Adopt(Root);
        UpdateEffect[] effects = [.. _walked.Select(adopted => new UpdateEffect.KeepRoot(adopted)), new UpdateEffect.Persist(State)];
        _walked.Clear();
        return effects;
    }

    /// <summary>Step 4's end: a quorum told the time.</summary>
    public UpdateEffect.Persist Confirm(Confirmation confirmation)
    {
        State = State.Confirm(confirmation);
        return new UpdateEffect.Persist(State);
    }

    /// <summary>
    /// Evidence against nodes that cosigned both this note and that of the last whole check: of one size with two roots, or
    /// of two sizes with a proof of what the larger tree had at the smaller one.
    /// </summary>
    public IReadOnlyList<Evidence> Accuse(ReadOnlyMemory<byte> note, Digest prefix = default, ConsistencyProof? proof = null) =>
        _proof is not null && SignedNote.TryParse(_proof.Note.Span, out var trusted) && SignedNote.TryParse(note.Span, out var other)
            ? Prosecution.OfNotes(Root, trusted, other, prefix, proof)
            : [];

    /// <summary>Steps 8 to 10.</summary>
    public Verdict<Offer> Offer(AttestedBundle bundle, long now)
    {
        var (proof, map) = bundle;
        if (_verifier.Verify(proof, Request, map).TryGet(out var update, out var rejection))
        {
            var floor = State.FloorOf(Root, task.Product, task.Channel);
            return new Offer(map.Certified, update, InstallPolicy.Decide(update, Situation, floor, now));
        }

        if (rejection.Reason == RejectionReason.ChannelAbsent) return new Offer(map.Certified, null, new Decision.NothingReleased());
        return rejection;
    }

    // What a compromised key brought here holds nothing back that stands.
    private Situation Situation =>
        task.Situation.Installed is { } installed && State.IsVoid(Root, task.Product, installed)
            ? task.Situation with { Installed = null }
            : task.Situation;

    /// <summary>The end of step 9: the floor rises to what was verified.</summary>
    public IEnumerable<UpdateEffect> Floor(Offer offer)
    {
        if (offer.Update is null) yield break;

        var raised = State.RaiseFloor(Root, task.Product, task.Channel, offer.Update.Version, task.Situation.Installed);
        if (ReferenceEquals(raised, State)) yield break;

        State = raised;
        yield return new UpdateEffect.Persist(State);
    }

    /// <summary>Keeps a bundle that made an offer, for as long as the checkpoint stays the trusted one.</summary>
    public UpdateEffect.KeepProof Keep(AttestedBundle bundle)
    {
        _proof = bundle.Proof;
        return new UpdateEffect.KeepProof(bundle.Proof);
    }

    /// <summary>
    /// Steps 5 to 10 by the stored bundle, under a note of the trusted checkpoint that was just certified: the same tree, so
    /// the same proofs.
    /// </summary>
    /// <returns>Null when no stored bundle holds.</returns>
    public RoundStep.Found? FromStored(CertifiedCheckpoint certified, long now)
    {
        if (_proof is null) return null;

        var proof = _proof with { Note = certified.Note, Consistency = null };
        if (!_verifier.Attest(proof, Request, certified).TryGet(out var map, out _)) return null;

        var bundle = new AttestedBundle(proof, map);
        if (!Offer(bundle, now).TryGet(out var offer, out _)) return null;
        return (RoundStep.Found)new RoundStep.Found(offer).Behind([.. Advance(bundle), .. Floor(offer)]);
    }

    private Verdict<AttestedBundle> Attest(UpdateProof proof, long now)
    {
        if (!_verifier.Attest(proof, Request, now).TryGet(out var map, out var rejection)) return rejection;
        return new AttestedBundle(proof, map);
    }
}
