namespace SupplyChain.Protocol.Map;

/// <summary>
/// A node of the trie; immutable, so trees share what did not change. The hash is made when somebody first asks: a tree
/// filled with a million rows hashes each node once, and not once per row above it.
/// </summary>
internal abstract class MapNode
{
    // A reference and not the 32 bytes themselves: two threads may race to fill it, and a reference is never seen half written.
    private byte[]? _hash;

    /// <summary>A key of the subtree; all others share its leading bits.</summary>
    public abstract Digest SomeKey { get; }

    public Digest Hash => new(_hash ??= ComputeHash().ToArray());

    protected abstract Digest ComputeHash();

    internal sealed class Leaf(MapKey key, ReadOnlyMemory<byte> value) : MapNode
    {
        public MapKey Key { get; } = key;

        public ReadOnlyMemory<byte> Value { get; } = value;

        public Digest ValueHash { get; } = Digest.Of(value.Span);

        public override Digest SomeKey => Key.Hash;

        protected override Digest ComputeHash() => MapHash.Leaf(Key.Hash, ValueHash);
    }

    // bits: leading bits that all keys below share, 0 to 255; the next one chooses the child.
    internal sealed class Inner(int bits, MapNode left, MapNode right) : MapNode
    {
        public int Bits { get; } = bits;

        public MapNode Left { get; } = left;

        public MapNode Right { get; } = right;

        public override Digest SomeKey { get; } = left.SomeKey;

        public Digest Prefix => KeyBits.Prefix(SomeKey, Bits);

        public bool Covers(in Digest key) => KeyBits.Shared(key, SomeKey) >= Bits;

        public MapNode Child(in Digest key) => KeyBits.Bit(key, Bits) ? Right : Left;

        public MapNode Sibling(in Digest key) => KeyBits.Bit(key, Bits) ? Left : Right;

        public Inner WithChild(in Digest key, MapNode child) =>
            KeyBits.Bit(key, Bits) ? new Inner(Bits, Left, child) : new Inner(Bits, child, Right);

        protected override Digest ComputeHash() => MapHash.Inner(Bits, Prefix, Left.Hash, Right.Hash);
    }
}
