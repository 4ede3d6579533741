using SupplyChain.Protocol;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>
/// What a rotation does to the map when it marks keys as compromised (docs/protocol.md §3): what is void counts as revoked, and
/// the rows of the role's products go back to the last statements that stand.
/// </summary>
/// <param name="history">What the rows were before.</param>
/// <param name="root">The trust root that the rotation brings.</param>
/// <param name="rotation">Index of its entry.</param>
internal sealed class GoingBack(StatementHistory history, TrustRoot root, ulong rotation)
{
    /// <summary>The map after it; the same where the root marks nothing that the one before did not.</summary>
    public MapTree From(MapTree map, TrustRoot before)
    {
        foreach (var role in root.Roles.Where(role => IsMarkedAnew(role, before)))
        {
            foreach (string product in role.Products) map = OfProduct(map, product);
        }

        return map;
    }

    private static bool IsMarkedAnew(Role role, TrustRoot before)
    {
        var known = before.Roles.FirstOrDefault(one => one.Name == role.Name)?.Earlier ?? [];
        return role.Earlier.Any(earlier => earlier.CompromisedAfter is not null && !known.Contains(earlier));
    }

    private MapTree OfProduct(MapTree map, string product)
    {
        var made = history.Of(product);
        map = WithoutVoidRevocations(map, product, made);
        map = WithVoidReleasesRevoked(map, product, made);

        var last = made.Releases.FirstOrDefault(release => !root.Voids(product, release.Place));
        map = Put(map, MapKey.Product(product), last?.Row.ToBytes());
        foreach (var channel in made.Promotions.GroupBy(promotion => promotion.Channel, StringComparer.Ordinal))
        {
            var standing = channel.FirstOrDefault(promotion => Stands(map, product, promotion.Row));
            map = Put(map, MapKey.Channel(product, channel.Key), standing?.Row.ToBytes());
        }

        return map;
    }

    private MapTree WithoutVoidRevocations(MapTree map, string product, ProductHistory made)
    {
        foreach (var revocation in made.Revocations.Where(revocation => root.Voids(product, revocation.Place)))
        {
            var row = ReleaseOf(map, product, revocation.Version);
            if (row.Revocation == revocation.Place.Index)
                map = map.Set(MapKey.Release(product, revocation.Version), (row with { Revocation = null }).ToBytes());
        }

        return map;
    }

    private MapTree WithVoidReleasesRevoked(MapTree map, string product, ProductHistory made)
    {
        foreach (var release in made.Releases.Where(release => root.Voids(product, release.Place)))
        {
            var row = ReleaseOf(map, product, release.Version);
            if (!row.IsRevoked)
                map = map.Set(MapKey.Release(product, release.Version), (row with { Revocation = rotation }).ToBytes());
        }

        return map;
    }

    private bool Stands(MapTree map, string product, ChannelRow promoted) =>
        !root.Voids(product, promoted.Place) && !root.Voids(product, ReleaseOf(map, product, promoted.Version).Place);

    private static ReleaseRow ReleaseOf(MapTree map, string product, ReleaseVersion version)
    {
        var row = LedgerRows.Release(map, product, version);
        Invariant.Holds(row is not null, "what was promoted or revoked is in the map");
        return row;
    }

    private static MapTree Put(MapTree map, MapKey key, byte[]? value) => value is null ? map.Remove(key) : map.Set(key, value);
}
