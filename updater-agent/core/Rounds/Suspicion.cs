using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Rounds;

/// <summary>
/// A certified checkpoint above the trusted one that came without a proof of extending it. The node's own tiles tell whether
/// only the proof is missing, or q nodes certified a second history.
/// </summary>
internal sealed class Suspicion
{
    private readonly Checkpoint _trusted;
    private readonly Checkpoint _seen;

    private Suspicion(Checkpoint trusted, Checkpoint seen, ReadOnlyMemory<byte> note, Rejection rejection)
    {
        _trusted = trusted;
        _seen = seen;
        Note = note;
        Rejection = rejection;
    }

    /// <summary>The suspected checkpoint, as a signed note.</summary>
    public ReadOnlyMemory<byte> Note { get; }

    /// <summary>What the node is refused for, if there is no more to it.</summary>
    public Rejection Rejection { get; }

    /// <param name="trusted">The trusted checkpoint.</param>
    /// <param name="bundle">What was refused.</param>
    /// <param name="rejection">Why it was.</param>
    /// <param name="suspicion">Of a bundle that is refused for its consistency alone.</param>
    public static bool TryRaise(
        Checkpoint? trusted, ReadOnlyMemory<byte> bundle, Rejection rejection, [NotNullWhen(true)] out Suspicion? suspicion)
    {
        suspicion = null;
        if (trusted is null || rejection.Reason != RejectionReason.ConsistencyInvalid) return false;
        if (!UpdateProof.TryRead(bundle.Span, out var proof) || !SignedNote.TryParse(proof.Note.Span, out var note)) return false;
        if (!Checkpoint.TryParse(note.Text, out var seen)) return false;

        suspicion = new Suspicion(trusted, seen, proof.Note, rejection);
        return true;
    }

    public UpdateEffect.AskConsistency Question(int node) => new(node, _trusted.Size, _seen.Size);

    /// <summary>
    /// What is certified now had another root at the size of what was certified before; null when the tiles do not show it.
    /// </summary>
    public Rejection? Confirm(Digest root, ConsistencyProof proof) =>
        proof.OldSize == _trusted.Size && proof.NewSize == _seen.Size && root != _trusted.Root && proof.Verify(root, _seen.Root)
            ? new Rejection(
                RejectionReason.CheckpointForked,
                $"size {_seen.Size} is certified, and had another root at the trusted size {_trusted.Size}")
            : null;
}
