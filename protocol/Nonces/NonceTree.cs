using SupplyChain.Protocol.Log;

namespace SupplyChain.Protocol.Nonces;

/// <summary>
/// The nonces that came to a node in one instant, as an RFC 6962 tree: one signature over its root answers all of them.
/// </summary>
public sealed class NonceTree : IHashSource
{
    private readonly List<Digest[]> _levels;
    private readonly TreeSize _size;

    /// <exception cref="ArgumentOutOfRangeException">
    /// None, or more than <see cref="Limits.MaxNoncesPerTree"/>.
    /// </exception>
    public NonceTree(IReadOnlyList<Nonce> nonces)
    {
        ArgumentOutOfRangeException.ThrowIfZero(nonces.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nonces.Count, Limits.MaxNoncesPerTree);

        _size = new TreeSize((ulong)nonces.Count);
        _levels = [[.. nonces.Select(nonce => nonce.LeafHash)]];
        while (_levels[^1] is { Length: > 1 } below)
            _levels.Add([.. Enumerable.Range(0, below.Length / 2).Select(i => NodeHash.Of(below[2 * i], below[(2 * i) + 1]))]);
        Root = ProofBuilder.Root(this, _size);
    }

    public Digest Root { get; }

    /// <summary>That the nonce of this index is among them.</summary>
    public InclusionProof PathOf(int index) => ProofBuilder.Inclusion(this, (ulong)index, _size);

    /// <inheritdoc/>
    public Digest NodeAt(int level, ulong index) => _levels[level][index];
}
