using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// Threshold signatures that were found valid, so that the same one on the same bytes need not be computed again: who looks
/// every hour sees one promotion for weeks, and two pairings are most of what a look costs. Only valid ones are remembered,
/// by a digest of key, signature and message together; the oldest is forgotten. Not for several threads.
/// </summary>
public sealed class KnownSignatures
{
    /// <summary>A few channels' worth.</summary>
    public const int Most = 64;

    private readonly HashSet<Digest> _known = [];
    private readonly Queue<Digest> _oldestFirst = [];

    /// <summary>How many are remembered.</summary>
    public int Count => _known.Count;

    internal bool Verify(PublicKey key, Digest keyId, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> id = stackalloc byte[Digest.Size];
        keyId.CopyTo(id);
        var together = Digest.Of([.. id, (byte)signature.Length, .. signature, .. message]);
        if (_known.Contains(together)) return true;
        if (!Signature.TryRead(signature, out var point) || !key.Verify(message, point)) return false;

        if (_known.Count == Most) _known.Remove(_oldestFirst.Dequeue());
        _known.Add(together);
        _oldestFirst.Enqueue(together);
        return true;
    }
}
