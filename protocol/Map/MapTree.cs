namespace SupplyChain.Protocol.Map;

/// <summary>
/// The ledger's whole state as a path-compressed binary Merkle trie over key hashes (docs/protocol.md §5). Immutable:
/// <see cref="Set"/> returns a new tree that shares all but one path with this one. The shape, and so the root, depends on
/// the rows alone and not on the order they came in.
/// </summary>
public sealed class MapTree
{
    private readonly MapNode? _root;

    private MapTree(MapNode? root, int count)
    {
        _root = root;
        Count = count;
    }

    public static MapTree Empty { get; } = new(null, 0);

    /// <summary>Rows of the map.</summary>
    public int Count { get; }

    /// <summary>The digest a state leaf records: the root node hashed under the map's own name.</summary>
    public Digest Root => MapHash.Recorded(_root?.Hash ?? MapHash.Empty);

    /// <summary>All rows, in the order of their key hashes.</summary>
    public IEnumerable<KeyValuePair<MapKey, ReadOnlyMemory<byte>>> Rows
    {
        get
        {
            var pending = new Stack<MapNode>();
            if (_root is not null) pending.Push(_root);
            while (pending.TryPop(out var node))
            {
                switch (node)
                {
                    case MapNode.Leaf leaf:
                        yield return new(leaf.Key, leaf.Value);
                        break;
                    case MapNode.Inner inner:
                        pending.Push(inner.Right);
                        pending.Push(inner.Left);
                        break;
                }
            }
        }
    }

    /// <summary>This tree with the row added, or with its value replaced. The tree keeps the memory: do not change it.</summary>
    public MapTree Set(MapKey key, ReadOnlyMemory<byte> value)
    {
        bool replaces = TryGet(key, out _);
        var leaf = new MapNode.Leaf(key, value);
        return new MapTree(_root is null ? leaf : Insert(_root, leaf), replaces ? Count : Count + 1);
    }

    /// <summary>This tree without the row: as if it had never been there. The same tree when it is not.</summary>
    public MapTree Remove(MapKey key) => TryGet(key, out _) ? new MapTree(Without(_root!, key.Hash), Count - 1) : this;

    public bool TryGet(MapKey key, out ReadOnlyMemory<byte> value)
    {
        var node = _root;
        while (node is MapNode.Inner inner) node = inner.Child(key.Hash);

        bool found = node is MapNode.Leaf leaf && leaf.Key == key;
        value = found ? ((MapNode.Leaf)node!).Value : default;
        return found;
    }

    /// <summary>Proves what <see cref="TryGet"/> says: that the row is there with its value, or that it is not there.</summary>
    public MapProof Prove(MapKey key)
    {
        if (_root is null) return MapProof.OfEmptyMap;

        var steps = new List<MapProofStep>();
        var node = _root;
        while (node is MapNode.Inner inner && inner.Covers(key.Hash))
        {
            steps.Add(new MapProofStep(inner.Bits, inner.Sibling(key.Hash).Hash));
            node = inner.Child(key.Hash);
        }

        return new MapProof(steps, node switch
        {
            MapNode.Leaf leaf => new MapProofTerminal.Leaf(leaf.Key.Hash, leaf.ValueHash),
            MapNode.Inner other => new MapProofTerminal.Inner(other.Bits, other.Prefix, other.Left.Hash, other.Right.Hash),
            _ => throw new InvariantBrokenException("a node of the map is a leaf or an inner node"),
        });
    }

    // Nothing stays of a node that has one child left: the child stands in its place.
    private static MapNode? Without(MapNode node, in Digest key)
    {
        if (node is not MapNode.Inner inner) return null;
        return Without(inner.Child(key), key) is { } rest ? inner.WithChild(key, rest) : inner.Sibling(key);
    }

    // At most 256 deep, one level per bit.
    private static MapNode Insert(MapNode node, MapNode.Leaf leaf)
    {
        var key = leaf.Key.Hash;
        int shared = KeyBits.Shared(key, node.SomeKey);
        if (node is MapNode.Inner inner && shared >= inner.Bits)
            return inner.WithChild(key, Insert(inner.Child(key), leaf));
        if (shared == KeyBits.Count) return leaf;

        return KeyBits.Bit(key, shared) ? new MapNode.Inner(shared, node, leaf) : new MapNode.Inner(shared, leaf, node);
    }
}
