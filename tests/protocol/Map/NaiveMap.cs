using SupplyChain.Protocol.Map;

namespace SupplyChain.Protocol.Tests.Map;

/// <summary>
/// The map's root straight from the words of docs/protocol.md §5: sort the keys, find what all share, split by the next
/// bit. Bits are characters of a text.
/// </summary>
internal static class NaiveMap
{
    public static Digest Root(IReadOnlyDictionary<MapKey, byte[]> rows)
    {
        var byBits = rows.ToDictionary(row => Bits(row.Key), row => row.Value);
        var node = rows.Count == 0 ? Digest.Of("supplychain/map/empty/v1"u8) : Node([.. byBits]);
        return Digest.Of([.. "supplychain/map/v1"u8, 0, .. node.ToArray()]);
    }

    private static Digest Node(List<KeyValuePair<string, byte[]>> rows)
    {
        if (rows.Count == 1) return Digest.Of([0x00, .. Bytes(rows[0].Key), .. Digest.Of(rows[0].Value).ToArray()]);

        int bits = 0;
        while (rows.All(row => row.Key[bits] == rows[0].Key[bits])) bits++;
        byte[] prefix = Bytes(rows[0].Key[..bits].PadRight(256, '0'));
        var left = Node(rows.FindAll(row => row.Key[bits] == '0'));
        var right = Node(rows.FindAll(row => row.Key[bits] == '1'));
        return Digest.Of([0x01, (byte)(bits >> 8), (byte)(bits & 0xff), .. prefix, .. left.ToArray(), .. right.ToArray()]);
    }

    private static string Bits(MapKey key) => string.Concat(key.Hash.ToArray().Select(value => Convert.ToString(value, 2).PadLeft(8, '0')));

    private static byte[] Bytes(string bits) => [.. bits.Chunk(8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
}
