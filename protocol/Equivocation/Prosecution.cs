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
        if (second.Size < first.Size) (one, first, other) = (other, second, one);

        return
        [
            .. Enumerable.Range(0, root.Nodes.Count).SelectMany(node => TextBy(root.Nodes[node], one, first) is { } text
                ? OfText(root, node, text, other, prefix, proof)
                : []),
        ];
    }

    /// <summary>
    /// Evidence against one node whose text contradicts a note that it cosigned; none when it does not, or did not.
    /// </summary>
    /// <param name="root">Names the nodes.</param>
    /// <param name="node">The node's number.</param>
    /// <param name="text">Its text, of the note's size or smaller.</param>
    /// <param name="note">A note with a checkpoint.</param>
    /// <param name="prefix">The root that the note's tree has at the text's size; not asked for when the sizes are one.</param>
    /// <param name="proof">From <paramref name="prefix"/> to the note's tree.</param>
    public static IReadOnlyList<Evidence> OfText(
        TrustRoot root, int node, SignedCheckpoint text, SignedNote note, Digest prefix = default, ConsistencyProof? proof = null)
    {
        var accused = root.Nodes[node];
        if (!Checkpoint.TryParse(note.Text, out var checkpoint) || checkpoint.Origin != text.Checkpoint.Origin) return [];
        if (TextBy(accused, note, checkpoint) is not { } late) return [];

        bool isOneSize = text.Checkpoint.Size == checkpoint.Size;
        if (!isOneSize && (proof?.OldSize != text.Checkpoint.Size || proof.NewSize != checkpoint.Size)) return [];

        var evidence = isOneSize
            ? Evidence.OfOneSize(accused, text, late)
            : Evidence.OfTwoSizes(accused, text, late, prefix, proof!);
        return evidence is not null && evidence.Judge(root).TryGet(out _, out _) ? [evidence] : [];
    }

    private static SignedCheckpoint? TextBy(NodeIdentity node, SignedNote note, Checkpoint checkpoint) => note.Signatures
        .Where(node.AttestationVerifier.Matches)
        .Select(signature => SignedCheckpoint.OfCosignature(checkpoint, signature))
        .FirstOrDefault(text => text is not null && text.Verify(node.Name, node.AttestationKey));
}
