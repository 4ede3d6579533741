using System.Numerics;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A log's tree held in memory, by RFC 6962's own definition of the Merkle tree hash: slow, and hard to get wrong.
/// </summary>
public sealed class MemoryTree : IHashSource
{
    private readonly List<Digest> _leaves = [];

    public TreeSize Size => new((ulong)_leaves.Count);

    public Digest Root => RootAt(Size);

    /// <summary>A tree of the entries <c>0</c>, <c>1</c>, <c>2</c>…</summary>
    public static MemoryTree Of(int size)
    {
        var tree = new MemoryTree();
        for (int i = 0; i < size; i++) tree.Append(BitConverter.GetBytes(i));
        return tree;
    }

    public Digest Append(ReadOnlySpan<byte> entry)
    {
        _leaves.Add(LeafHash.Of(entry));
        return _leaves[^1];
    }

    public Digest LeafAt(ulong index) => _leaves[(int)index];

    public Digest RootAt(TreeSize size) => size == TreeSize.Zero ? Digest.Of([]) : TreeHash(0, (int)size.Value);

    public Digest NodeAt(int level, ulong index) => TreeHash((int)(index << level), (int)((index + 1) << level));

    private Digest TreeHash(int start, int end)
    {
        if (end - start == 1) return _leaves[start];

        int middle = start + (int)(BitOperations.RoundUpToPowerOf2((uint)(end - start)) / 2);
        return Digest.Of([0x01, .. TreeHash(start, middle).ToArray(), .. TreeHash(middle, end).ToArray()]);
    }
}
