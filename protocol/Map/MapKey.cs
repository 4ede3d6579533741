using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.Protocol.Map;

/// <summary>
/// The hash a row stands under: <c>H(namespace ‖ 0x00 ‖ text16(part) …)</c> (docs/protocol.md §5). A part has its length
/// before it, so two different lists of parts never share a key.
/// </summary>
public readonly record struct MapKey(Digest Hash) : IComparable<MapKey>
{
    public static MapKey Root(ulong version) => Of("root"u8, StrictDecimal.Encode(version));

    public static MapKey Role(string role) => Of("role"u8, role);

    public static MapKey Product(string product) => Of("product"u8, product);

    public static MapKey Release(string product, ReleaseVersion version) => Of("release"u8, product, version.ToString());

    public static MapKey Artifact(Digest sha256) => Of("artifact"u8, sha256.ToHex());

    public static MapKey Channel(string product, string channel) => Of("channel"u8, product, channel);

    public static MapKey Statement(Digest id) => Of("statement"u8, id.ToHex());

    public int CompareTo(MapKey other) => Hash.CompareTo(other.Hash);

    public override string ToString() => Hash.ToHex();

    public static bool operator <(MapKey left, MapKey right) => left.CompareTo(right) < 0;

    public static bool operator >(MapKey left, MapKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(MapKey left, MapKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MapKey left, MapKey right) => left.CompareTo(right) >= 0;

    private static MapKey Of(ReadOnlySpan<byte> space, params ReadOnlySpan<string> parts)
    {
        var writer = new ByteWriter().Bytes(space).U8(0);
        foreach (string part in parts) writer.Text16(part);
        return new MapKey(Digest.Of(writer.WrittenSpan));
    }
}
