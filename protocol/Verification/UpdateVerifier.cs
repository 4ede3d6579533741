using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Verification;

/// <summary>
/// Decides what a node's answer proves, by the steps of docs/protocol.md §7. It trusts the root and the caller's clock, and
/// nothing else; it keeps no state, so what a step established is what it returns. Steps 1, 2, 4, 7 and 11 to 13 act on
/// the world and are the agent's.
/// </summary>
/// <param name="root">The trust root in use.</param>
/// <param name="known">Signatures that need not be computed again; none unless given.</param>
public sealed class UpdateVerifier(TrustRoot root, KnownSignatures? known = null)
{
    private readonly KnownSignatures _known = known ?? new KnownSignatures();

    /// <summary>Step 3: at least q of the root's nodes attest this text, each counted once, and not long ago.</summary>
    /// <param name="note">A signed note.</param>
    /// <param name="now">Unix seconds.</param>
    public Verdict<CertifiedCheckpoint> Certify(ReadOnlySpan<byte> note, long now) => CheckpointRules.Certify(root, note, now);

    /// <summary>Step 5: the trusted checkpoint, if there is one, is a prefix of the new one; null when it is.</summary>
    public static Rejection? Extends(Checkpoint? trusted, CertifiedCheckpoint certified, ConsistencyProof? proof) =>
        CheckpointRules.Extends(trusted, certified.Checkpoint, proof);

    /// <summary>Steps 3, 5 and the root's part of 6. Where this accepts, the caller may persist the checkpoint (step 7).</summary>
    public Verdict<AttestedMap> Attest(UpdateProof proof, UpdateRequest request, long now)
    {
        // 3. Certified checkpoint.
        if (!Certify(proof.Note.Span, now).TryGet(out var certified, out var rejection)) return rejection;

        return Attest(proof, request, certified);
    }

    /// <summary>
    /// Step 5 and the root's part of 6, under a checkpoint that step 3 accepted: the proof's own note, or another of the same tree.
    /// </summary>
    public Verdict<AttestedMap> Attest(UpdateProof proof, UpdateRequest request, CertifiedCheckpoint certified)
    {
        // 5. Consistency.
        if (Extends(request.Trusted, certified, proof.Consistency) is { } inconsistent) return inconsistent;

        // 6. The map of this checkpoint, and the root in it.
        if (!MapRules.StateOf(root, certified.Checkpoint, proof.State).TryGet(out var state, out var rejection)) return rejection;
        if (MapRules.RootInUse(root, state.MapRoot, proof) is { } otherRoot) return otherRoot;

        return new AttestedMap(certified, state);
    }

    /// <summary>Steps 3, 5, 6, 8 and 9: the release that the channel offers now. Policy (step 10) is <see cref="UpdatePolicy"/>.</summary>
    public Verdict<VerifiedUpdate> Verify(UpdateProof proof, UpdateRequest request, long now)
    {
        if (!Attest(proof, request, now).TryGet(out var map, out var rejection)) return rejection;
        return Verify(proof, request, map);
    }

    /// <summary>As <see cref="Verify(UpdateProof, UpdateRequest, long)"/>, however old the attestations are: what a proof from before still says.</summary>
    public Verdict<VerifiedUpdate> VerifyAgain(UpdateProof proof, UpdateRequest request, long now)
    {
        if (!CheckpointRules.CertifyAtAnyTime(root, proof.Note.Span, now).TryGet(out var certified, out var rejection)) return rejection;
        if (!Attest(proof, request, certified).TryGet(out var map, out rejection)) return rejection;
        return Verify(proof, request, map);
    }

    /// <summary>What is left after <see cref="Attest(UpdateProof, UpdateRequest, long)"/> of the same proof and request: the rest of step 6, and steps 8 and 9.</summary>
    public Verdict<VerifiedUpdate> Verify(UpdateProof proof, UpdateRequest request, AttestedMap map)
    {
        var mapRoot = map.State.MapRoot;
        var checkpoint = map.Certified.Checkpoint;

        // 6. The channel, or that it is absent; and the release.
        if (!MapRules.Channel(mapRoot, proof, request.Product, request.Channel).TryGet(out var channel, out var rejection))
            return rejection;
        if (proof.Promoted is not { } promoted) return MapRules.Unproven("release");
        if (!MapRules.Release(mapRoot, promoted.Row, request.Product, channel.Version).TryGet(out var row, out rejection))
            return rejection;

        // 8. Inclusion.
        if (StatementRules.Included(checkpoint, channel, promoted) is { } notIncluded) return notIncluded;

        // 9. Threshold signatures.
        if (!StatementRules.Promotion(root, _known, request, channel, row, promoted.Promotion).TryGet(out var promotion, out rejection))
            return rejection;
        if (!StatementRules.Release(root, _known, request, channel, row, promoted.Release).TryGet(out var release, out rejection))
            return rejection;

        return new VerifiedUpdate(map, channel, row, promotion, release);
    }

    /// <summary>Steps 3 and 6 for any one row: what the current map says about the key.</summary>
    public Verdict<AttestedRow> VerifyRow(MapAnswer answer, MapKey key, long now)
    {
        if (!Certify(answer.Note.Span, now).TryGet(out var certified, out var rejection)) return rejection;
        if (!MapRules.StateOf(root, certified.Checkpoint, answer.State).TryGet(out var state, out rejection)) return rejection;
        if (!answer.Row.Verify(state.MapRoot, key)) return MapRules.Unproven(key.ToString());

        return new AttestedRow(new AttestedMap(certified, state), answer.Row.Value);
    }
}
