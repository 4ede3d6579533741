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
            foreach (string product in role.Products) map = new OfProduct(role, product, history.Of(product), rotation).From(map);
        }

        return map;
    }

    private static bool IsMarkedAnew(Role role, TrustRoot before)
    {
        var known = before.Roles.FirstOrDefault(one => one.Name == role.Name)?.Earlier ?? [];
        return role.Earlier.Any(earlier => earlier.CompromisedAfter is not null && !known.Contains(earlier));
    }

    /// <param name="Role">That owns the product, with the marks on its keys.</param>
    /// <param name="Product">Whose rows go back.</param>
    /// <param name="Made">What the role signed for it.</param>
    /// <param name="Rotation">Index of the entry that brings the marks.</param>
    private sealed record OfProduct(Role Role, string Product, ProductHistory Made, ulong Rotation)
    {
        public MapTree From(MapTree map)
        {
            map = WithVoidReleasesRevoked(WithoutVoidRevocations(map));
            var last = Made.Releases.FirstOrDefault(release => !Role.Voids(release.Place));
            map = Put(map, MapKey.Product(Product), last?.Row.ToBytes());
            foreach (var channel in Made.Promotions.GroupBy(promotion => promotion.Channel, StringComparer.Ordinal))
            {
                var standing = channel.FirstOrDefault(promotion => Stands(map, promotion.Row));
                map = Put(map, MapKey.Channel(Product, channel.Key), standing?.Row.ToBytes());
            }

            return map;
        }

        private MapTree WithoutVoidRevocations(MapTree map)
        {
            foreach (var revocation in Made.Revocations.Where(revocation => Role.Voids(revocation.Place)))
            {
                var row = ReleaseIn(map, revocation.Version);
                if (row.Revocation == revocation.Place.Index)
                    map = map.Set(MapKey.Release(Product, revocation.Version), (row with { Revocation = null }).ToBytes());
            }

            return map;
        }

        private MapTree WithVoidReleasesRevoked(MapTree map)
        {
            foreach (var release in Made.Releases.Where(release => Role.Voids(release.Place)))
            {
                var row = ReleaseIn(map, release.Version);
                if (!row.IsRevoked)
                    map = map.Set(MapKey.Release(Product, release.Version), (row with { Revocation = Rotation }).ToBytes());
            }

            return map;
        }

        private bool Stands(MapTree map, ChannelRow promoted) =>
            !Role.Voids(promoted.Place) && !Role.Voids(ReleaseIn(map, promoted.Version).Place);

        private ReleaseRow ReleaseIn(MapTree map, ReleaseVersion version)
        {
            var row = LedgerRows.Release(map, Product, version);
            Invariant.Holds(row is not null, "what was promoted or revoked is in the map");
            return row;
        }

        private static MapTree Put(MapTree map, MapKey key, byte[]? value) =>
            value is null ? map.Remove(key) : map.Set(key, value);
    }
}
