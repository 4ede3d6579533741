using SupplyChain.Protocol;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>The map rows a ledger reads, and those each statement writes (docs/protocol.md §5).</summary>
internal static class LedgerRows
{
    private delegate bool RowReader<T>(ReadOnlySpan<byte> value, out T? row);

    public static ProductRow? Product(MapTree map, string product) =>
        Read<ProductRow>(map, MapKey.Product(product), ProductRow.TryRead);

    public static ReleaseRow? Release(MapTree map, string product, ReleaseVersion version) =>
        Read<ReleaseRow>(map, MapKey.Release(product, version), ReleaseRow.TryRead);

    public static ChannelRow? Channel(MapTree map, string product, string channel) =>
        Read<ChannelRow>(map, MapKey.Channel(product, channel), ChannelRow.TryRead);

    /// <summary>The map after a checked statement became the log's next entry.</summary>
    public static MapTree After(LedgerState ledger, Digest id, Statement statement)
    {
        ulong index = ledger.Size;
        var map = ledger.Map.Set(MapKey.Statement(id), new StatementRow(index).ToBytes());
        return statement switch
        {
            Release release => AfterRelease(ledger, map, release, index, id),
            Promotion promotion => AfterPromotion(ledger, map, promotion, index, id),
            Revocation revocation => AfterRevocation(map, revocation, index),
            Rotation rotation => WithRoot(map, rotation.Root, index, id),
            _ => throw new InvariantBrokenException("only releases, promotions, revocations and rotations are appended"),
        };
    }

    /// <summary>The map once this root is in force: the row <c>root</c> of its version, and <c>role</c> of all its roles.</summary>
    public static MapTree WithRoot(MapTree map, TrustRoot root, ulong index, Digest id)
    {
        map = map.Set(MapKey.Root(root.Version), new RootRow(index, id).ToBytes());
        foreach (var role in root.Roles)
            map = map.Set(MapKey.Role(role.Name), new RoleRow(role.Key, role.Threshold).ToBytes());
        return map;
    }

    private static MapTree AfterRelease(LedgerState ledger, MapTree map, Release release, ulong index, Digest id)
    {
        var role = ledger.TrustRoot.RoleFor(release.Product);
        Invariant.Holds(role is not null, "an appended release's product has a role");

        var product = new ProductRow(role.Name, release.Sequence, index, id, release.Time);
        var row = new ReleaseRow(index, id, ledger.TrustRoot.Version);
        map = map
            .Set(MapKey.Product(release.Product), product.ToBytes())
            .Set(MapKey.Release(release.Product, release.Version), row.ToBytes());
        foreach (var artifact in release.Artifacts)
        {
            var key = MapKey.Artifact(artifact.Sha256);
            if (!map.TryGet(key, out _)) map = map.Set(key, new ArtifactRow(index).ToBytes());
        }

        return map;
    }

    private static MapTree AfterPromotion(LedgerState ledger, MapTree map, Promotion promotion, ulong index, Digest id)
    {
        var release = Release(map, promotion.Product, promotion.Version);
        Invariant.Holds(release is not null, "an appended promotion's release is in the log");
        var row = new ChannelRow(index, id, promotion.Version, release.Index, promotion.Time, ledger.TrustRoot.Version);
        return map.Set(MapKey.Channel(promotion.Product, promotion.Channel), row.ToBytes());
    }

    private static MapTree AfterRevocation(MapTree map, Revocation revocation, ulong index)
    {
        var release = Release(map, revocation.Product, revocation.Version);
        Invariant.Holds(release is { IsRevoked: false }, "an appended revocation's release stands until then");
        return map.Set(
            MapKey.Release(revocation.Product, revocation.Version), (release with { Revocation = index }).ToBytes());
    }

    private static T? Read<T>(MapTree map, MapKey key, RowReader<T> read)
        where T : class
    {
        if (!map.TryGet(key, out var value)) return null;

        bool known = read(value.Span, out var row);
        Invariant.Holds(known && row is not null, "the map holds canonical rows");
        return row;
    }
}
