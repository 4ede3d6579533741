using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Verification;

/// <summary>Steps 3 and 5 of docs/protocol.md §7: is the checkpoint certified, and does it extend the trusted one?</summary>
internal static class CheckpointRules
{
    public static Verdict<CertifiedCheckpoint> Certify(TrustRoot root, ReadOnlySpan<byte> note, long now)
    {
        if (!CertifyAtAnyTime(root, note, now).TryGet(out var certified, out var rejection)) return rejection;

        var fresh = certified.Attestations.Where(attestation => IsFresh(root.Freshness, attestation.Time, now)).ToArray();
        int needed = root.Quorum.Required;
        if (fresh.Length < needed)
            return new Rejection(RejectionReason.CheckpointStale, $"{fresh.Length} attestations are fresh, {needed} must be");

        return new CertifiedCheckpoint(certified.Checkpoint, note.ToArray(), fresh);
    }

    /// <summary>As <see cref="Certify"/>, and no attestation is too old.</summary>
    public static Verdict<CertifiedCheckpoint> CertifyAtAnyTime(TrustRoot root, ReadOnlySpan<byte> note, long now)
    {
        if (!SignedNote.TryParse(note, out var signed) || !Checkpoint.TryParse(signed.Text, out var checkpoint))
            return new Rejection(RejectionReason.CheckpointMalformed, "not a signed note with a checkpoint");
        if (!string.Equals(checkpoint.Origin, root.Origin, StringComparison.Ordinal))
            return new Rejection(RejectionReason.CheckpointWrongOrigin, $"of '{checkpoint.Origin}', not of '{root.Origin}'");

        var attestations = AttestationsOn(root, signed, now);
        int needed = root.Quorum.Required;
        if (attestations.Count < needed)
            return new Rejection(RejectionReason.CheckpointNotCertified, $"{attestations.Count} nodes attest it, {needed} must");

        return new CertifiedCheckpoint(checkpoint, note.ToArray(), attestations);
    }

    /// <summary>Two roots of one size: with a certified checkpoint, more than f nodes are corrupt.</summary>
    public static Rejection? Contradicts(Checkpoint? trusted, Checkpoint other) =>
        trusted is not null && trusted.Size == other.Size && trusted.Root != other.Root
            ? new Rejection(RejectionReason.CheckpointForked, $"two roots of size {other.Size}")
            : null;

    public static Rejection? Extends(Checkpoint? trusted, Checkpoint next, ConsistencyProof? proof)
    {
        if (trusted is null) return null;
        if (next.Size < trusted.Size)
            return new Rejection(RejectionReason.CheckpointRolledBack, $"size {next.Size}, and {trusted.Size} is trusted");
        if (next.Size == trusted.Size) return Contradicts(trusted, next);

        bool fits = proof is not null && proof.OldSize == trusted.Size && proof.NewSize == next.Size;
        return fits && proof!.Verify(trusted.Root, next.Root)
            ? null
            : new Rejection(RejectionReason.ConsistencyInvalid, $"size {trusted.Size} is not shown to be a prefix of {next.Size}");
    }

    // One for each node: a key counts once however many lines it has, and its freshest line is the one that counts.
    private static List<Attestation> AttestationsOn(TrustRoot root, SignedNote signed, long now)
    {
        var attestations = new List<Attestation>();
        for (int node = 0; node < root.Nodes.Count; node++)
        {
            var stamps = StampsBy(root.Nodes[node].AttestationVerifier, signed);
            if (stamps.Count == 0) continue;

            long best = stamps.MaxBy(stamp => (IsFresh(root.Freshness, stamp, now), stamp));
            attestations.Add(new Attestation(node, best));
        }

        return attestations;
    }

    private static List<long> StampsBy(VerifierKey verifier, SignedNote signed)
    {
        var stamps = new List<long>();
        foreach (var signature in signed.Signatures)
        {
            if (Cosignature.TryVerify(verifier, signed.Text, signature, out ulong time)) stamps.Add((long)time);
        }

        return stamps;
    }

    private static bool IsFresh(Freshness freshness, long time, long now) =>
        (Int128)time >= (Int128)now - freshness.MaxAge && (Int128)time <= (Int128)now + freshness.Skew;
}
