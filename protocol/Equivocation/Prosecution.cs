using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Equivocation;

/// <summary>Finds who signed two histories, from two notes that contradict each other.</summary>
public static class Prosecution
{
    /// <summary>
    /// Evidence against every node whose valid cosignature stands under both checkpoints: of two certified ones at least
    /// f + 1 nodes.
    /// </summary>
    /// <param name="root">Names the nodes.</param>
    /// <param name="one">A note with a checkpoint.</param>
    /// <param name="other">Another, of the same size with another root, or larger.</param>
    /// <param name="prefix">The root that the larger tree has at the smaller size; not asked for when the sizes are one.</param>
    /// <param name="proof">From <paramref name="prefix"/> to the larger tree.</param>
    public static IReadOnlyList<Evidence> OfNotes(
        TrustRoot root, SignedNote one, SignedNote other, Digest prefix = default, ConsistencyProof? proof = null)
    {
        if (!Checkpoint.TryParse(one.Text, out var first) || !Checkpoint.TryParse(other.Text, out var second)) return [];
        if (second.Size < first.Size) ((one, first), (other, second)) = ((other, second), (one, first));
        if (first.Size != second.Size && (proof?.OldSize != first.Size || proof.NewSize != second.Size)) return [];

        var found = new List<Evidence>();
        foreach (var node in root.Nodes)
        {
            if (TextBy(node, one, first) is not { } early || TextBy(node, other, second) is not { } late) continue;

            var evidence = first.Size == second.Size
                ? Evidence.OfOneSize(node, early, late)
                : Evidence.OfTwoSizes(node, early, late, prefix, proof!);
            if (evidence is not null && evidence.Judge(root).TryGet(out _, out _)) found.Add(evidence);
        }

        return found;
    }

    private static SignedCheckpoint? TextBy(NodeIdentity node, SignedNote note, Checkpoint checkpoint) => note.Signatures
        .Where(node.AttestationVerifier.Matches)
        .Select(signature => SignedCheckpoint.OfCosignature(checkpoint, signature))
        .FirstOrDefault(text => text is not null && text.Verify(node.Name, node.AttestationKey));
}
