using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.Protocol.Trust;

/// <summary>
/// A trust root as canonical JSON (docs/protocol.md §6):
/// <code>{"version","origin","created","expires","nodes":[…],"roles":[…],"publishers":[…],"freshness":{…}}</code>
/// </summary>
internal static class TrustRootFormat
{
    private delegate bool ItemReader<T>(ref CanonicalJsonReader reader, [NotNullWhen(true)] out T? item);

    public static byte[] Write(TrustRoot root)
    {
        var writer = new CanonicalJsonWriter()
            .BeginObject()
            .Field("version", root.Version)
            .Field("origin", root.Origin)
            .Time("created", root.Created)
            .Time("expires", root.Expires)
            .Name("nodes").BeginArray();
        foreach (var node in root.Nodes) node.WriteTo(writer);
        writer.EndArray().Name("roles").BeginArray();
        foreach (var role in root.Roles) role.WriteTo(writer);
        writer.EndArray().Name("publishers").BeginArray();
        foreach (var key in root.Publishers) writer.Hex(key.Bytes);
        writer.EndArray().Name("freshness");
        root.Freshness.WriteTo(writer);
        return writer.EndObject().ToArray();
    }

    public static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out TrustRoot? root)
    {
        root = null;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("version") || !reader.TryNumber(out ulong version)) return false;
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return false;
        if (!reader.TryName("created") || !reader.TryTime(out long created)) return false;
        if (!reader.TryName("expires") || !reader.TryTime(out long expires)) return false;
        if (!reader.TryName("nodes")) return false;
        if (!TryReadList<NodeIdentity>(ref reader, Limits.MaxNodes, NodeIdentity.TryRead, out var nodes)) return false;
        if (!reader.TryName("roles")) return false;
        if (!TryReadList<Role>(ref reader, Limits.MaxRoles, Role.TryRead, out var roles)) return false;
        if (!reader.TryName("publishers")) return false;
        if (!TryReadList<Ed25519PublicKey>(ref reader, Limits.MaxPublishers, TryReadPublisher, out var publishers)) return false;
        if (!reader.TryName("freshness") || !Freshness.TryRead(ref reader, out var freshness)) return false;
        if (!reader.TryEndObject()) return false;

        root = new TrustRoot
        {
            Version = version,
            Origin = origin,
            Created = created,
            Expires = expires,
            Nodes = nodes,
            Roles = roles,
            Publishers = publishers,
            Freshness = freshness,
        };
        return true;
    }

    private static bool TryReadList<T>(ref CanonicalJsonReader reader, int most, ItemReader<T> tryRead, out List<T> items)
    {
        items = [];
        if (!reader.TryBeginArray()) return false;

        while (!reader.TryEndArray())
        {
            if (items.Count == most || !tryRead(ref reader, out var item)) return false;
            items.Add(item);
        }

        return true;
    }

    private static bool TryReadPublisher(ref CanonicalJsonReader reader, [NotNullWhen(true)] out Ed25519PublicKey? key) =>
        reader.TryEd25519Key(out key);
}
