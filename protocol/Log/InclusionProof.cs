using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>
/// That a leaf stands at an index of a tree: the siblings on its way to the root, lowest first (RFC 9162 §2.1.3).
/// </summary>
public sealed class InclusionProof
{
    private readonly Digest[] _hashes;

    /// <exception cref="ArgumentOutOfRangeException">
    /// The index is not in the tree, or the count of hashes is not that of its path.
    /// </exception>
    public InclusionProof(ulong index, TreeSize size, ReadOnlySpan<Digest> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size.Value);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hashes.Length, HashCount(index, size));

        Index = index;
        Size = size;
        _hashes = hashes.ToArray();
    }

    /// <summary>Of the leaf, from 0.</summary>
    public ulong Index { get; }

    /// <summary>Of the tree the proof is for.</summary>
    public TreeSize Size { get; }

    public IReadOnlyList<Digest> Hashes => _hashes;

    /// <summary>
    /// Takes <c>u8 count ‖ hashes</c>; index and size stand elsewhere, and decide how many hashes there must be.
    /// </summary>
    public static bool TryRead(
        ref ByteReader reader, ulong index, TreeSize size, [NotNullWhen(true)] out InclusionProof? proof)
    {
        proof = null;
        if (index >= size.Value) return false;
        if (!ProofHashes.TryRead(ref reader, HashCount(index, size), out var hashes)) return false;

        proof = new InclusionProof(index, size, hashes);
        return true;
    }

    public void WriteTo(ByteWriter writer) => ProofHashes.Write(writer, _hashes);

    public bool Verify(Digest leafHash, Digest root) => RootOf(leafHash) == root;

    /// <summary>The root of the tree in which the proof puts this leaf.</summary>
    public Digest RootOf(Digest leafHash)
    {
        // On the way up, fn is the node's index and sn that of the last node on the same level.
        ulong fn = Index, sn = Size.Value - 1;
        var node = leafHash;
        foreach (var sibling in _hashes)
        {
            if ((fn & 1) == 1 || fn == sn)
            {
                node = NodeHash.Of(sibling, node);
                int skipped = (fn & 1) == 1 ? 0 : BitOperations.TrailingZeroCount(fn);
                fn >>= skipped;
                sn >>= skipped;
            }
            else
            {
                node = NodeHash.Of(node, sibling);
            }

            fn >>= 1;
            sn >>= 1;
        }

        Invariant.Holds(sn == 0, "a proof with the hashes its index and size ask for ends at the root");
        return node;
    }

    // Below the level where the paths of leaf and last leaf meet, every level has a sibling; above it, only those where
    // the node is a right child: a lone last node goes up without one.
    internal static int HashCount(ulong index, TreeSize size)
    {
        int meeting = 64 - BitOperations.LeadingZeroCount(index ^ (size.Value - 1));
        return meeting + BitOperations.PopCount(index >> meeting);
    }
}
