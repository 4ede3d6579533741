using System.Buffers.Binary;

namespace SupplyChain.Protocol.Map;

/// <summary>
/// The map's hashes (docs/protocol.md §5). What a state leaf records is hashed once more under its own name, so that no
/// node of the map passes for a node of the log, or the other way round.
/// </summary>
internal static class MapHash
{
    public static readonly Digest Empty = Digest.Of("supplychain/map/empty/v1"u8);

    // 0x00 ‖ keyhash ‖ valuehash
    public static Digest Leaf(in Digest key, in Digest valueHash)
    {
        Span<byte> bytes = stackalloc byte[1 + 2 * Digest.Size];
        bytes[0] = 0x00;
        key.CopyTo(bytes[1..]);
        valueHash.CopyTo(bytes[(1 + Digest.Size)..]);
        return Digest.Of(bytes);
    }

    // 0x01 ‖ u16 bits ‖ prefix ‖ left ‖ right
    public static Digest Inner(int bits, in Digest prefix, in Digest left, in Digest right)
    {
        Span<byte> bytes = stackalloc byte[3 + 3 * Digest.Size];
        bytes[0] = 0x01;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)bits);
        prefix.CopyTo(bytes[3..]);
        left.CopyTo(bytes[(3 + Digest.Size)..]);
        right.CopyTo(bytes[(3 + 2 * Digest.Size)..]);
        return Digest.Of(bytes);
    }

    /// <summary>The root a state leaf records.</summary>
    public static Digest Recorded(in Digest rootNode) => Digest.Of([.. "supplychain/map/v1"u8, 0, .. rootNode.AsSpan()]);
}
