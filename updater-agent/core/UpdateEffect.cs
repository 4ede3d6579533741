using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core;

/// <summary>
/// What the host is to do, in this order. At most one effect of a list asks for an event; the last list ends with
/// <see cref="Finish"/>.
/// </summary>
public abstract record UpdateEffect
{
    private UpdateEffect()
    {
    }

    /// <summary><c>GET /checkpoint</c> of one node.</summary>
    public sealed record AskCheckpoint(int Node) : UpdateEffect;

    /// <summary><c>GET /latest/…</c> of one node, with consistency from this size; from 0 none.</summary>
    public sealed record AskLatest(int Node, ulong From) : UpdateEffect;

    /// <summary>
    /// After a pause, a nonce drawn for this question alone to all nodes but those convicted, by <c>POST /attest</c>, and
    /// <c>GET /checkpoint</c> of the same, all at once.
    /// </summary>
    public sealed record AskEveryone(TimeSpan Pause) : UpdateEffect;

    /// <summary>A consistency proof from one node's tiles, and the root they have at the smaller size.</summary>
    public sealed record AskConsistency(int Node, TreeSize OldSize, TreeSize NewSize) : UpdateEffect;

    /// <summary><c>GET /trust/&lt;version&gt;.update</c> of one node.</summary>
    public sealed record AskRoot(int Node, ulong Version) : UpdateEffect;

    /// <summary>To disk, before the state that names its version.</summary>
    public sealed record KeepRoot(AdoptedRoot Adopted) : UpdateEffect;

    /// <summary>To disk, before anything that follows.</summary>
    public sealed record Persist(TrustedState State) : UpdateEffect;

    /// <summary>To disk beside the state: what it proves was verified.</summary>
    public sealed record KeepProof(UpdateProof Proof) : UpdateEffect;

    /// <summary>To disk, and to the nodes: it was judged to hold (docs/protocol.md §8).</summary>
    public sealed record KeepEvidence(Evidence Evidence) : UpdateEffect;

    /// <summary>The payload of the update, from all nodes.</summary>
    public sealed record Download(VerifiedUpdate Update) : UpdateEffect;

    public sealed record Finish(UpdateOutcome Outcome) : UpdateEffect;
}
