using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>
/// That a smaller tree is a prefix of a larger one (RFC 9162 §2.1.4). Everything extends the empty tree, so 1 ≤ old ≤
/// new.
/// </summary>
public sealed class ConsistencyProof
{
    private readonly Digest[] _hashes;

    /// <exception cref="ArgumentOutOfRangeException">
    /// Not 1 ≤ old ≤ new, or the count of hashes is not that of these sizes.
    /// </exception>
    public ConsistencyProof(TreeSize oldSize, TreeSize newSize, ReadOnlySpan<Digest> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(oldSize.Value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hashes.Length, HashCount(oldSize, newSize));

        OldSize = oldSize;
        NewSize = newSize;
        _hashes = hashes.ToArray();
    }

    public TreeSize OldSize { get; }

    public TreeSize NewSize { get; }

    public IReadOnlyList<Digest> Hashes => _hashes;

    /// <summary>
    /// Takes <c>u8 count ‖ hashes</c>; the sizes stand elsewhere, and decide how many hashes there must be.
    /// </summary>
    public static bool TryRead(
        ref ByteReader reader, TreeSize oldSize, TreeSize newSize, [NotNullWhen(true)] out ConsistencyProof? proof)
    {
        proof = null;
        if (oldSize == TreeSize.Zero || oldSize > newSize) return false;
        if (!ProofHashes.TryRead(ref reader, HashCount(oldSize, newSize), out var hashes)) return false;

        proof = new ConsistencyProof(oldSize, newSize, hashes);
        return true;
    }

    public void WriteTo(ByteWriter writer) => ProofHashes.Write(writer, _hashes);

    public bool Verify(Digest oldRoot, Digest newRoot)
    {
        if (OldSize == NewSize) return oldRoot == newRoot;

        // fn is the last node of the old tree on the present level, sn that of the new one. Both walks start at the
        // largest complete subtree that ends the old tree: its root is the first hash, or the old root itself.
        ulong fn = OldSize.Value - 1, sn = NewSize.Value - 1;
        int complete = BitOperations.TrailingZeroCount(OldSize.Value);
        fn >>= complete;
        sn >>= complete;

        ReadOnlySpan<Digest> rest = _hashes;
        var oldNode = oldRoot;
        if (!BitOperations.IsPow2(OldSize.Value))
        {
            oldNode = rest[0];
            rest = rest[1..];
        }

        var newNode = oldNode;
        foreach (var sibling in rest)
        {
            if ((fn & 1) == 1 || fn == sn)
            {
                oldNode = NodeHash.Of(sibling, oldNode);
                newNode = NodeHash.Of(sibling, newNode);
                int skipped = (fn & 1) == 1 ? 0 : BitOperations.TrailingZeroCount(fn);
                fn >>= skipped;
                sn >>= skipped;
            }
            else
            {
                newNode = NodeHash.Of(newNode, sibling);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && oldNode == oldRoot && newNode == newRoot;
    }

    // The new tree's path from the subtree that ends the old one, and that subtree's root unless it is the old root.
    internal static int HashCount(TreeSize oldSize, TreeSize newSize)
    {
        if (oldSize == newSize) return 0;

        int complete = BitOperations.TrailingZeroCount(oldSize.Value);
        ulong index = (oldSize.Value - 1) >> complete, last = (newSize.Value - 1) >> complete;
        int path = InclusionProof.HashCount(index, new TreeSize(last + 1));
        return path + (BitOperations.IsPow2(oldSize.Value) ? 0 : 1);
    }
}
