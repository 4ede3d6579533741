using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Map;

/// <summary>
/// The path from the map's root to where a key's row is, or would be (docs/protocol.md §5).
/// <code>
/// u16 count ‖ (u16 bits ‖ sibling)…  then one of
/// 0x00                                        the map is empty
/// 0x01 ‖ keyhash ‖ valuehash                  a leaf
/// 0x02 ‖ u16 bits ‖ prefix ‖ left ‖ right     an inner node that the key does not belong under
/// </code>
/// A value of this type has rising <c>bits</c> and a terminal below its last step; whether it leads to a root, and for
/// which key, only verifying tells.
/// </summary>
public sealed class MapProof
{
    private readonly IReadOnlyList<MapProofStep> _steps;
    private readonly MapProofTerminal _terminal;

    internal MapProof(IReadOnlyList<MapProofStep> steps, MapProofTerminal terminal)
    {
        _steps = steps;
        _terminal = terminal;
    }

    internal static MapProof OfEmptyMap { get; } = new([], MapProofTerminal.Empty.Instance);

    /// <summary>Steps of the path, at most 256.</summary>
    public int Depth => _steps.Count;

    /// <summary>True when the map with this recorded root has the row with exactly this value.</summary>
    public bool VerifyPresence(Digest mapRoot, MapKey key, ReadOnlySpan<byte> value) =>
        _terminal is MapProofTerminal.Leaf leaf
        && leaf.Key == key.Hash
        && leaf.ValueHash == Digest.Of(value)
        && LeadsTo(mapRoot, key.Hash);

    /// <summary>True when the map with this recorded root has no row under this key.</summary>
    public bool VerifyAbsence(Digest mapRoot, MapKey key) => LeadsTo(mapRoot, key.Hash) && _terminal switch
    {
        MapProofTerminal.Empty => true,
        MapProofTerminal.Leaf leaf => leaf.Key != key.Hash,
        // The node must differ from the key within its own prefix. If it did not, the row could stand below it.
        MapProofTerminal.Inner inner => KeyBits.Shared(inner.Prefix, key.Hash) < inner.Bits,
        _ => throw new InvariantBrokenException("a terminal is empty, a leaf or an inner node"),
    };

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MapProof? proof)
    {
        var reader = new ByteReader(bytes);
        return TryRead(ref reader, out proof) && reader.AtEnd;
    }

    /// <summary>Reads a proof that stands inside something longer.</summary>
    public static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out MapProof? proof)
    {
        proof = null;
        if (!reader.TryU16(out ushort count) || count > KeyBits.Count) return false;

        var steps = new List<MapProofStep>();
        int above = -1;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryU16(out ushort bits) || bits <= above || bits >= KeyBits.Count) return false;
            if (!reader.TryDigest(out var sibling)) return false;

            steps.Add(new MapProofStep(bits, sibling));
            above = bits;
        }

        if (!MapProofTerminal.TryRead(ref reader, above, out var terminal)) return false;
        proof = new MapProof(steps, terminal);
        return true;
    }

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    public void WriteTo(ByteWriter writer)
    {
        writer.U16((ushort)_steps.Count);
        foreach (var step in _steps) writer.U16((ushort)step.Bits).Digest(step.Sibling);
        _terminal.WriteTo(writer);
    }

    // The terminal must stand where the key leads: it shares every bit that chose a way above it.
    private bool LeadsTo(Digest mapRoot, in Digest key)
    {
        int decided = _steps.Count == 0 ? 0 : _steps[^1].Bits + 1;
        if (_terminal.SharedWith(key) < decided) return false;

        var node = _terminal.Hash;
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            var (bits, sibling) = _steps[i];
            var prefix = KeyBits.Prefix(key, bits);
            node = KeyBits.Bit(key, bits) ? MapHash.Inner(bits, prefix, sibling, node) : MapHash.Inner(bits, prefix, node, sibling);
        }

        return MapHash.Recorded(node) == mapRoot;
    }
}

/// <param name="Bits">Leading bits that all keys below this node share, 0 to 255.</param>
/// <param name="Sibling">Hash of the child that the key does not lead to.</param>
internal readonly record struct MapProofStep(int Bits, Digest Sibling);
