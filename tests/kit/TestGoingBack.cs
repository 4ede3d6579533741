using SupplyChain.Protocol;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Tests.Kit;

/// <summary>A statement that a <see cref="TestLog"/> took.</summary>
internal sealed record AcceptedStatement(Statement Statement, LogPlace Place, Digest Id);

/// <summary>
/// What a map becomes when a trust root marks keys as compromised (docs/protocol.md §3), written apart from the node's ledger: it
/// goes through all statements from the first on, and leaves out what is void.
/// </summary>
/// <param name="root">With the marks.</param>
/// <param name="accepted">All statements, oldest first; the last is the rotation to the root.</param>
internal sealed class TestGoingBack(TrustRoot root, IReadOnlyList<AcceptedStatement> accepted)
{
    public MapTree From(MapTree map)
    {
        bool isMarked = root.Roles.Any(role => role.Earlier.Any(earlier => earlier.CompromisedAfter is not null));
        if (!isMarked) return map;

        map = accepted.Aggregate(map, WithoutRow);
        return accepted.Where(one => one.Statement is Release || !IsVoid(one)).Aggregate(map, WithRow);
    }

    private static MapTree WithoutRow(MapTree map, AcceptedStatement one) => one.Statement switch
    {
        Release release => map.Remove(MapKey.Product(release.Product)),
        Promotion promotion => map.Remove(MapKey.Channel(promotion.Product, promotion.Channel)),
        _ => map,
    };

    private MapTree WithRow(MapTree map, AcceptedStatement one)
    {
        var (index, version) = one.Place;
        switch (one.Statement)
        {
            case Release release when IsVoid(one):
                return map.Set(MapKey.Release(release.Product, release.Version), new ReleaseRow(index, one.Id, version, VoidSince(map, release)).ToBytes());
            case Release release:
                var latest = new ProductRow(root.RoleFor(release.Product)!.Name, release.Sequence, index, one.Id, release.Time);
                return map
                    .Set(MapKey.Product(release.Product), latest.ToBytes())
                    .Set(MapKey.Release(release.Product, release.Version), new ReleaseRow(index, one.Id, version).ToBytes());
            case Promotion promotion:
                var promoted = accepted.Single(other => other.Id == promotion.Release);
                if (IsVoid(promoted)) return map;
                var row = new ChannelRow(index, one.Id, promotion.Version, promoted.Place.Index, promotion.Time, version);
                return map.Set(MapKey.Channel(promotion.Product, promotion.Channel), row.ToBytes());
            case Revocation revocation:
                var key = MapKey.Release(revocation.Product, revocation.Version);
                return map.Set(key, (RowOf(map, key) with { Revocation = index }).ToBytes());
            default:
                return map;
        }
    }

    // The first rotation after which nothing else revoked it keeps its place.
    private ulong VoidSince(MapTree map, Release release)
    {
        var row = RowOf(map, MapKey.Release(release.Product, release.Version));
        bool byRotation = accepted.Any(other => other.Statement is Rotation && other.Place.Index == row.Revocation);
        return byRotation ? row.Revocation!.Value : accepted[^1].Place.Index;
    }

    private bool IsVoid(AcceptedStatement one) => one.Statement switch
    {
        Release release => root.Voids(release.Product, one.Place),
        Promotion promotion => root.Voids(promotion.Product, one.Place),
        Revocation revocation => root.Voids(revocation.Product, one.Place),
        _ => false,
    };

    private static ReleaseRow RowOf(MapTree map, MapKey key) =>
        map.TryGet(key, out var value) && ReleaseRow.TryRead(value.Span, out var row)
            ? row
            : throw new ArgumentException("No such release.", nameof(key));
}
