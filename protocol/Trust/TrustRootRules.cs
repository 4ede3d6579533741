using SupplyChain.Protocol.Statements;

namespace SupplyChain.Protocol.Trust;

/// <summary>The rules of docs/protocol.md §6, field by field.</summary>
internal static class TrustRootRules
{
    public static string? FirstBroken(TrustRoot root) =>
        root.Version is 0 or > Limits.MaxJsonNumber ? "version"
        : !Names.IsOrigin(root.Origin) ? "origin"
        : root.Created < 0 ? "created"
        : root.Expires <= root.Created || root.Expires > (long)Limits.MaxJsonNumber ? "expires"
        : !NodesObey(root) ? "nodes"
        : !RolesObey(root) ? "roles"
        : !PublishersObey(root) ? "publishers"
        : !root.Freshness.IsValid ? "freshness"
        : null;

    private static bool NodesObey(TrustRoot root) =>
        Quorum.TryCreate(root.Nodes.Count, out _)
        && root.Nodes.All(node => node.IsValid)
        && Order.IsStrictlyRising([.. root.Nodes.Select(node => node.Name)], StringComparer.Ordinal)
        && AreUnique(root.Nodes.SelectMany(node => node.Keys))
        && AreUnique(root.Nodes.Select(node => node.TransportPin))
        && AreUnique(root.Nodes.Select(node => node.Url))
        && AreUnique(root.Nodes.Select(node => node.Peer));

    // Roles may share a key: one group of maintainers may hold several, and every statement names what it is for.
    private static bool RolesObey(TrustRoot root) =>
        root.Roles.Count <= Limits.MaxRoles
        && root.Roles.All(role => role.IsValidIn(root.Version))
        && Order.IsStrictlyRising([.. root.Roles.Select(role => role.Name)], StringComparer.Ordinal)
        && root.Roles.Any(role => string.Equals(role.Name, Role.Root, StringComparison.Ordinal))
        && AreUnique(root.Roles.SelectMany(role => role.Products))
        && root.Roles.All(role => AreUnique(role.Keys))
        && MarksAgree(root.Roles.SelectMany(role => role.Earlier));

    // A key is stolen or it is not, whatever roles it served.
    private static bool MarksAgree(IEnumerable<EarlierKey> earlier) =>
        earlier.GroupBy(one => one.Key).All(same => same.Select(one => one.CompromisedAfter).Distinct().Count() == 1);

    // A publisher's key that were also a node's could be made to sign for both.
    private static bool PublishersObey(TrustRoot root) =>
        root.Publishers.Count <= Limits.MaxPublishers
        && Order.IsStrictlyRising([.. root.Publishers.Select(key => key.ToHex())], StringComparer.Ordinal)
        && AreUnique(root.Nodes.SelectMany(node => node.Keys).Concat(root.Publishers));

    private static bool AreUnique<T>(IEnumerable<T> values)
    {
        var seen = new HashSet<T>();
        return values.All(seen.Add);
    }
}
