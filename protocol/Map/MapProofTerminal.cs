using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Map;

/// <summary>Where a map proof ends (docs/protocol.md §5).</summary>
internal abstract record MapProofTerminal
{
    private const byte EmptyTag = 0, LeafTag = 1, InnerTag = 2;

    private MapProofTerminal()
    {
    }

    public abstract Digest Hash { get; }

    /// <summary>Leading bits that everything at or below the terminal shares with the key.</summary>
    public abstract int SharedWith(in Digest key);

    public abstract void WriteTo(ByteWriter writer);

    /// <param name="reader">Stands at the terminal.</param>
    /// <param name="above">The last step's bits, −1 without steps.</param>
    /// <param name="terminal">What was read.</param>
    public static bool TryRead(ref ByteReader reader, int above, [NotNullWhen(true)] out MapProofTerminal? terminal)
    {
        terminal = null;
        if (!reader.TryU8(out byte tag)) return false;

        return tag switch
        {
            EmptyTag => TryReadEmpty(above, out terminal),
            LeafTag => TryReadLeaf(ref reader, out terminal),
            InnerTag => TryReadInner(ref reader, above, out terminal),
            _ => false,
        };
    }

    // An empty map has nothing above.
    private static bool TryReadEmpty(int above, [NotNullWhen(true)] out MapProofTerminal? terminal)
    {
        terminal = above < 0 ? Empty.Instance : null;
        return terminal is not null;
    }

    private static bool TryReadLeaf(ref ByteReader reader, [NotNullWhen(true)] out MapProofTerminal? terminal)
    {
        bool read = reader.TryDigest(out var key) & reader.TryDigest(out var valueHash);
        terminal = read ? new Leaf(key, valueHash) : null;
        return terminal is not null;
    }

    private static bool TryReadInner(ref ByteReader reader, int above, [NotNullWhen(true)] out MapProofTerminal? terminal)
    {
        terminal = null;
        if (!reader.TryU16(out ushort bits) || bits <= above || bits >= KeyBits.Count) return false;
        if (!reader.TryDigest(out var prefix) || KeyBits.Prefix(prefix, bits) != prefix) return false;
        if (!reader.TryDigest(out var left) || !reader.TryDigest(out var right)) return false;

        terminal = new Inner(bits, prefix, left, right);
        return true;
    }

    internal sealed record Empty : MapProofTerminal
    {
        public static readonly Empty Instance = new();

        public override Digest Hash => MapHash.Empty;

        public override int SharedWith(in Digest key) => 0;

        public override void WriteTo(ByteWriter writer) => writer.U8(EmptyTag);
    }

    internal sealed record Leaf(Digest Key, Digest ValueHash) : MapProofTerminal
    {
        public override Digest Hash => MapHash.Leaf(Key, ValueHash);

        public override int SharedWith(in Digest key) => KeyBits.Shared(Key, key);

        public override void WriteTo(ByteWriter writer) => writer.U8(LeafTag).Digest(Key).Digest(ValueHash);
    }

    internal sealed record Inner(int Bits, Digest Prefix, Digest Left, Digest Right) : MapProofTerminal
    {
        public override Digest Hash => MapHash.Inner(Bits, Prefix, Left, Right);

        public override int SharedWith(in Digest key) => Math.Min(Bits, KeyBits.Shared(Prefix, key));

        public override void WriteTo(ByteWriter writer) =>
            writer.U8(InnerTag).U16((ushort)Bits).Digest(Prefix).Digest(Left).Digest(Right);
    }
}
