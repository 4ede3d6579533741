using System.Numerics;

namespace SupplyChain.Protocol.Log;

/// <summary>Proofs and roots from the hashes of complete subtrees, by the recursions of RFC 9162 §2.1.</summary>
public static class ProofBuilder
{
    public static Digest Root(IHashSource source, TreeSize size) =>
        size == TreeSize.Zero ? NodeHash.EmptyRoot : Subtree(source, 0, size.Value);

    public static Frontier Frontier(IHashSource source, TreeSize size)
    {
        var subtrees = new List<Digest>();
        for (ulong start = 0; start < size.Value;)
        {
            int level = BitOperations.Log2(size.Value - start);
            subtrees.Add(source.NodeAt(level, start >> level));
            start += 1UL << level;
        }

        return Log.Frontier.Of(size, [.. subtrees]);
    }

    /// <exception cref="ArgumentOutOfRangeException">The index is not in the tree.</exception>
    public static InclusionProof Inclusion(IHashSource source, ulong index, TreeSize size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size.Value);

        var hashes = new List<Digest>();
        Path(source, index, 0, size.Value, hashes);
        return new InclusionProof(index, size, [.. hashes]);
    }

    /// <exception cref="ArgumentOutOfRangeException">Not 1 ≤ old ≤ new.</exception>
    public static ConsistencyProof Consistency(IHashSource source, TreeSize oldSize, TreeSize newSize)
    {
        ArgumentOutOfRangeException.ThrowIfZero(oldSize.Value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);

        var hashes = new List<Digest>();
        Subproof(source, oldSize.Value, 0, newSize.Value, verifierKnowsRoot: true, hashes);
        return new ConsistencyProof(oldSize, newSize, [.. hashes]);
    }

    private static void Path(IHashSource source, ulong index, ulong start, ulong end, List<Digest> hashes)
    {
        if (end - start == 1) return;

        ulong middle = Split(start, end);
        if (index < middle)
        {
            Path(source, index, start, middle, hashes);
            hashes.Add(Subtree(source, middle, end));
        }
        else
        {
            Path(source, index, middle, end, hashes);
            hashes.Add(Subtree(source, start, middle));
        }
    }

    // RFC 9162's SUBPROOF over the leaves [start, end), of which those before oldEnd were in the old tree.
    private static void Subproof(
        IHashSource source, ulong oldEnd, ulong start, ulong end, bool verifierKnowsRoot, List<Digest> hashes)
    {
        if (oldEnd == end)
        {
            if (!verifierKnowsRoot) hashes.Add(Subtree(source, start, end));
            return;
        }

        ulong middle = Split(start, end);
        if (oldEnd <= middle)
        {
            Subproof(source, oldEnd, start, middle, verifierKnowsRoot, hashes);
            hashes.Add(Subtree(source, middle, end));
        }
        else
        {
            Subproof(source, oldEnd, middle, end, verifierKnowsRoot: false, hashes);
            hashes.Add(Subtree(source, start, middle));
        }
    }

    private static Digest Subtree(IHashSource source, ulong start, ulong end)
    {
        ulong count = end - start;
        if (BitOperations.IsPow2(count))
        {
            int level = BitOperations.Log2(count);
            return source.NodeAt(level, start >> level);
        }

        ulong middle = Split(start, end);
        return NodeHash.Of(Subtree(source, start, middle), Subtree(source, middle, end));
    }

    // The left part is the largest power of two smaller than the whole.
    private static ulong Split(ulong start, ulong end) => start + (1UL << BitOperations.Log2(end - start - 1));
}
