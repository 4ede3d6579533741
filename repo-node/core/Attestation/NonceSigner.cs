using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Core.Attestation;

/// <summary>
/// What this node says to nonces (docs/protocol.md §10): the time, and the newest checkpoint it ever cosigned. Nothing of
/// it binds the node to more than its signing journal does already.
/// </summary>
/// <param name="origin">The network's name.</param>
/// <param name="attestationKey">The node's.</param>
public sealed class NonceSigner(string origin, Ed25519PrivateKey attestationKey)
{
    /// <param name="newest">The last checkpoint in the signing journal, on disk already.</param>
    /// <param name="now">
    /// Unix seconds, by a clock that the peers confirm. Unlike a cosignature's time it may go back: it is what the clock
    /// says, and contradicts nothing.
    /// </param>
    /// <param name="nonces">At most <see cref="Protocol.Limits.MaxNoncesPerTree"/>.</param>
    /// <returns>One answer for each, in their order.</returns>
    public IReadOnlyList<NonceAnswer> Answer(
        JournalRecord.CosignedCheckpoint newest, long now, IReadOnlyList<Nonce> nonces)
    {
        ArgumentNullException.ThrowIfNull(newest);
        ArgumentNullException.ThrowIfNull(nonces);
        var checkpoint = new Checkpoint(origin, new TreeSize(newest.Size), newest.Root);
        return NonceAnswer.Sign(attestationKey, checkpoint, now, nonces);
    }
}
