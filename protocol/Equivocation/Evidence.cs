using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.Protocol.Equivocation;

/// <summary>
/// That one node signed two histories: a file that anybody can judge who has the trust root (docs/protocol.md §8). Two of
/// its texts name one size with two roots; or a smaller tree that is shown not to be a prefix of the larger one, by a
/// consistency proof from another root of the smaller size.
/// <code>
/// "supplychain/evidence/v1\n" ‖ text16(origin) ‖ text16(node) ‖ attestation key (32) ‖ signed checkpoint ‖ signed checkpoint
/// when the sizes differ: ‖ root of the smaller size in the larger tree (32) ‖ u8 count ‖ 32-byte hashes
/// </code>
/// The smaller size comes first; of one size the smaller root.
/// </summary>
public sealed class Evidence
{
    private Evidence(
        string node, Ed25519PublicKey key, SignedCheckpoint first, SignedCheckpoint second, Digest? prefix, ConsistencyProof? proof)
    {
        Node = node;
        Key = key;
        First = first;
        Second = second;
        Prefix = prefix;
        Proof = proof;
    }

    public string Origin => First.Checkpoint.Origin;

    /// <summary>Whom it accuses.</summary>
    public string Node { get; }

    /// <summary>The attestation key both texts are signed with.</summary>
    public Ed25519PublicKey Key { get; }

    public SignedCheckpoint First { get; }

    public SignedCheckpoint Second { get; }

    /// <summary>The root that the tree of <see cref="Second"/> had at the size of <see cref="First"/>; null when the sizes are one.</summary>
    public Digest? Prefix { get; }

    /// <summary>From <see cref="Prefix"/> to <see cref="Second"/>.</summary>
    public ConsistencyProof? Proof { get; }

    private static ReadOnlySpan<byte> Magic => "supplychain/evidence/v1\n"u8;

    /// <summary>Two texts that name one size with two roots; null when they do not. Judges nothing else.</summary>
    public static Evidence? OfOneSize(NodeIdentity node, SignedCheckpoint one, SignedCheckpoint other)
    {
        if (one.Checkpoint.Size != other.Checkpoint.Size || one.Checkpoint.Root == other.Checkpoint.Root) return null;

        bool inOrder = one.Checkpoint.Root < other.Checkpoint.Root;
        return new Evidence(node.Name, node.AttestationKey, inOrder ? one : other, inOrder ? other : one, null, null);
    }

    /// <summary>A smaller tree that is no prefix of a larger one, which had <paramref name="prefix"/> at that size.</summary>
    /// <exception cref="ArgumentException">The proof is not for these sizes.</exception>
    public static Evidence OfTwoSizes(
        NodeIdentity node, SignedCheckpoint smaller, SignedCheckpoint larger, Digest prefix, ConsistencyProof proof)
    {
        if (proof.OldSize != smaller.Checkpoint.Size || proof.NewSize != larger.Checkpoint.Size || proof.OldSize == proof.NewSize)
            throw new ArgumentException("A proof for other sizes.", nameof(proof));

        return new Evidence(node.Name, node.AttestationKey, smaller, larger, prefix, proof);
    }

    /// <summary>What it proves against a node of this root; a rejection when that is nothing.</summary>
    public Verdict<Conviction> Judge(TrustRoot root)
    {
        if (Origin != root.Origin || Second.Checkpoint.Origin != root.Origin)
            return new Rejection(RejectionReason.EvidenceWrongOrigin, $"of '{Origin}', not of '{root.Origin}'");

        int node = root.IndexOf(Node);
        if (node < 0 || !root.Nodes[node].AttestationKey.Equals(Key))
            return new Rejection(RejectionReason.EvidenceUnknownNode, $"the root has no node '{Node}' with this key");
        if (!First.Verify(Node, Key) || !Second.Verify(Node, Key))
            return new Rejection(RejectionReason.EvidenceSignatureInvalid, $"'{Node}' did not sign both");

        bool holds = Prefix is not { } prefix
            || (prefix != First.Checkpoint.Root && Proof!.Verify(prefix, Second.Checkpoint.Root));
        return holds
            ? new Conviction(node, this)
            : new Rejection(RejectionReason.EvidenceProvesNothing, "the two may be one history");
    }

    public byte[] ToBytes()
    {
        var writer = new ByteWriter().Bytes(Magic).Text16(Origin).Text16(Node).Bytes(Key.Bytes);
        First.WriteTo(writer);
        Second.WriteTo(writer);
        if (Prefix is { } prefix)
        {
            writer.Digest(prefix);
            Proof!.WriteTo(writer);
        }

        return writer.ToArray();
    }

    /// <summary>False is the rejection <c>evidence-malformed</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Evidence? evidence)
    {
        evidence = null;
        if (bytes.Length > Limits.MaxEvidenceSize) return false;

        var reader = new ByteReader(bytes);
        if (!reader.TryConstant(Magic)) return false;
        if (!reader.TryText16(Limits.MaxOriginLength, out string? origin) || !KeyName.IsOrigin(origin)) return false;
        if (!reader.TryText16(Limits.MaxNameLength, out string? node) || !Names.IsName(node)) return false;
        if (!reader.TryBytes(Ed25519PublicKey.Size, out var keyBytes)) return false;
        if (!Ed25519PublicKey.TryRead(keyBytes, out var key)) return false;
        if (!SignedCheckpoint.TryRead(ref reader, origin, out var first)) return false;
        if (!SignedCheckpoint.TryRead(ref reader, origin, out var second)) return false;

        Digest? prefix = null;
        ConsistencyProof? proof = null;
        if (first.Checkpoint.Size == second.Checkpoint.Size)
        {
            if (first.Checkpoint.Root >= second.Checkpoint.Root) return false;
        }
        else
        {
            if (!reader.TryDigest(out var shown)) return false;
            if (!ConsistencyProof.TryRead(ref reader, first.Checkpoint.Size, second.Checkpoint.Size, out proof)) return false;
            prefix = shown;
        }

        if (!reader.AtEnd) return false;
        evidence = new Evidence(node, key, first, second, prefix, proof);
        return true;
    }
}
