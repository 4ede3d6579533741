using System.Numerics;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Log;

/// <summary>
/// What is needed of a tree to append to it: the roots of the complete subtrees its size is made of, one for each bit
/// of the size that is set, largest first. Immutable. Encoded <c>u64 size ‖ 32-byte hashes</c>.
/// </summary>
public sealed class Frontier : IEquatable<Frontier>
{
    private readonly Digest[] _subtrees;

    private Frontier(TreeSize size, Digest[] subtrees)
    {
        Size = size;
        _subtrees = subtrees;
    }

    public static Frontier Empty { get; } = new(TreeSize.Zero, []);

    public TreeSize Size { get; }

    /// <summary>The tree's root (RFC 6962 §2.1).</summary>
    public Digest Root
    {
        get
        {
            if (_subtrees.Length == 0) return NodeHash.EmptyRoot;

            var root = _subtrees[^1];
            for (int i = _subtrees.Length - 2; i >= 0; i--) root = NodeHash.Of(_subtrees[i], root);
            return root;
        }
    }

    /// <summary>From the roots of the complete subtrees, largest first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one subtree for each set bit of the size.</exception>
    public static Frontier Of(TreeSize size, ReadOnlySpan<Digest> subtrees)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(subtrees.Length, BitOperations.PopCount(size.Value));
        return new Frontier(size, subtrees.ToArray());
    }

    public static bool TryRead(ref ByteReader reader, out Frontier frontier)
    {
        frontier = Empty;
        var ahead = reader;
        if (!ahead.TryU64(out ulong value) || !TreeSize.TryCreate(value, out var size)) return false;

        var subtrees = new Digest[BitOperations.PopCount(value)];
        for (int i = 0; i < subtrees.Length; i++)
        {
            if (!ahead.TryDigest(out subtrees[i])) return false;
        }

        reader = ahead;
        frontier = new Frontier(size, subtrees);
        return true;
    }

    public void WriteTo(ByteWriter writer)
    {
        writer.U64(Size.Value);
        foreach (var subtree in _subtrees) writer.Digest(subtree);
    }

    /// <summary>The tree with one more leaf.</summary>
    public Frontier Append(Digest leafHash)
    {
        // Like adding one in binary: every trailing set bit is a subtree that the new leaf completes.
        int merged = BitOperations.TrailingZeroCount(~Size.Value);
        var last = leafHash;
        for (int i = 0; i < merged; i++) last = NodeHash.Of(_subtrees[^(i + 1)], last);

        return new Frontier(new TreeSize(Size.Value + 1), [.. _subtrees.AsSpan(0, _subtrees.Length - merged), last]);
    }

    public bool Equals(Frontier? other) =>
        other is not null && Size == other.Size && _subtrees.AsSpan().SequenceEqual(other._subtrees);

    public override bool Equals(object? obj) => Equals(obj as Frontier);

    public override int GetHashCode() => HashCode.Combine(Size, Root);
}
