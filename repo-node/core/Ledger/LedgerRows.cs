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
            Rotation rotation => AfterRotation(ledger, map, rotation.Root, index, id),
            _ => throw new InvariantBrokenException("only releases, promotions, revocations and rotations are appended"),
        };
    }

    /// <summary>The history after a checked statement became the log's next entry.</summary>
    public static StatementHistory HistoryAfter(LedgerState ledger, Digest id, Statement statement)
    {
        var place = new LogPlace(ledger.Size, ledger.TrustRoot.Version);
        return statement switch
        {
            Release release => ledger.History.With(release, place, RowOf(ledger, release, place.Index, id)),
            Promotion promotion => ledger.History.With(promotion, RowOf(ledger, promotion, place.Index, id)),
            Revocation revocation => ledger.History.With(revocation, place),
            _ => ledger.History,
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

    private static MapTree AfterRotation(LedgerState ledger, MapTree map, TrustRoot root, ulong index, Digest id) =>
        new GoingBack(ledger.History, root, index).From(WithRoot(map, root, index, id), ledger.TrustRoot);

    private static MapTree AfterRelease(LedgerState ledger, MapTree map, Release release, ulong index, Digest id)
    {
        var row = new ReleaseRow(index, id, ledger.TrustRoot.Version);
        map = map
            .Set(MapKey.Product(release.Product), RowOf(ledger, release, index, id).ToBytes())
            .Set(MapKey.Release(release.Product, release.Version), row.ToBytes());
        foreach (var artifact in release.Artifacts)
        {
            var key = MapKey.Artifact(artifact.Sha256);
            if (!map.TryGet(key, out _)) map = map.Set(key, new ArtifactRow(index).ToBytes());
        }

        return map;
    }

    private static ProductRow RowOf(LedgerState ledger, Release release, ulong index, Digest id)
    {
        var role = ledger.TrustRoot.RoleFor(release.Product);
        Invariant.Holds(role is not null, "an appended release's product has a role");
        return new ProductRow(role.Name, release.Sequence, index, id, release.Time);
    }

    private static MapTree AfterPromotion(LedgerState ledger, MapTree map, Promotion promotion, ulong index, Digest id) =>
        map.Set(MapKey.Channel(promotion.Product, promotion.Channel), RowOf(ledger, promotion, index, id).ToBytes());

    private static ChannelRow RowOf(LedgerState ledger, Promotion promotion, ulong index, Digest id)
    {
        var release = Release(ledger.Map, promotion.Product, promotion.Version);
        Invariant.Holds(release is not null, "an appended promotion's release is in the log");
        return new ChannelRow(index, id, promotion.Version, release.Index, promotion.Time, ledger.TrustRoot.Version);
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
