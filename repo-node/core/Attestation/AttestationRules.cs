using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Core.Attestation;

/// <summary>
/// A checkpoint this node may come to cosign: the tree after a block it executed itself once consensus made it final.
/// </summary>
/// <param name="Size">Entries, the state leaf included.</param>
/// <param name="Root">The log's root.</param>
/// <param name="Artifacts">SHA-256 of the artifacts of every release in the block.</param>
public sealed record Attestable(ulong Size, Digest Root, IReadOnlyList<Digest> Artifacts)
{
    /// <summary>Null for a block without entries: its checkpoint is its parent's.</summary>
    public static Attestable? Of(FinalBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var executed = block.Executed;
        return executed.Entries.IsEmpty
            ? null
            : new Attestable(
                executed.After.Size,
                executed.After.LogRoot,
                [.. executed.Artifacts.Select(artifact => artifact.Sha256).Distinct()]);
    }
}

/// <summary>What the rules say to one checkpoint.</summary>
public enum AttestationRuling
{
    /// <summary>Write it to the signing journal, then sign.</summary>
    Sign,

    /// <summary>It is the last one cosigned; signing it again with a new time is allowed.</summary>
    Again,

    /// <summary>A larger one was cosigned already.</summary>
    Passed,

    /// <summary>Not all artifacts have been read back.</summary>
    Wait,

    /// <summary>
    /// It has another root at the size last cosigned. Never sign; the node's storage or history is wrong.
    /// </summary>
    Fork,
}

/// <summary>
/// The four rules of docs/protocol.md §4. Rules 1 and 2, finality and own execution, are what makes an
/// <see cref="Attestable"/>; rules 3 and 4 are decided here.
/// </summary>
public static class AttestationRules
{
    /// <param name="candidate">Follows, in the node's own chain, all before it.</param>
    /// <param name="last">The last checkpoint in the signing journal, or null.</param>
    /// <param name="held">Whether an artifact was read back from the own disk with its digest.</param>
    public static AttestationRuling Decide(
        Attestable candidate, JournalRecord.CosignedCheckpoint? last, Func<Digest, bool> held)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(held);
        if (last is not null && candidate.Size < last.Size) return AttestationRuling.Passed;
        if (last is not null && candidate.Size == last.Size)
            return candidate.Root == last.Root ? AttestationRuling.Again : AttestationRuling.Fork;

        return candidate.Artifacts.All(held) ? AttestationRuling.Sign : AttestationRuling.Wait;
    }
}
