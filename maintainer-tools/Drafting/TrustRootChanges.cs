using System.Globalization;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Drafting;

/// <summary>What a rotation changes, line by line, for people who are to sign it. What is not listed stays.</summary>
internal static class TrustRootChanges
{
    public static IReadOnlyList<string> Between(TrustRoot old, TrustRoot next) =>
    [
        .. Changed("version", Number(old.Version), Number(next.Version)),
        .. Changed("created", Time(old.Created), Time(next.Created)),
        .. Changed("expires", Time(old.Expires), Time(next.Expires)),
        .. next.Nodes.SequenceEqual(old.Nodes) ? [] : (string[])["nodes: changed, which the network refuses"],
        .. old.Roles.Where(role => Find(next, role.Name) is null).Select(role => $"role {role.Name}: removed, which the network refuses"),
        .. next.Roles.SelectMany(role => OfRole(Find(old, role.Name), role)),
        .. old.Publishers.Except(next.Publishers).Select(key => $"publisher removed: {key.ToHex()}"),
        .. next.Publishers.Except(old.Publishers).Select(key => $"publisher added: {key.ToHex()}"),
        .. Changed("max-age", Number(old.Freshness.MaxAge), Number(next.Freshness.MaxAge)),
        .. Changed("skew", Number(old.Freshness.Skew), Number(next.Freshness.Skew)),
        .. Changed("attest-every", Number(old.Freshness.AttestEvery), Number(next.Freshness.AttestEvery)),
    ];

    private static IEnumerable<string> OfRole(Role? old, Role role)
    {
        string name = $"role {role.Name}";
        if (old is null)
        {
            yield return $"{name}: added, {Threshold(role)} sign for {string.Join(", ", role.Products)}, key {role.Key}";
            yield break;
        }

        if (!old.Key.Equals(role.Key))
        {
            yield return $"{name}: its key was {old.Key}, which signs nothing any more";
            yield return $"{name}: its key becomes {role.Key}";
        }

        foreach (var earlier in role.Earlier)
        {
            ulong? before = old.Earlier.FirstOrDefault(one => one.Key.Equals(earlier.Key))?.CompromisedAfter;
            if (before != earlier.CompromisedAfter) yield return $"{name}: {MarkOf(earlier, before)}";
        }

        foreach (string line in Changed(name, Threshold(old), Threshold(role))) yield return line;
        foreach (string product in role.Products.Except(old.Products)) yield return $"{name}: signs for {product} too";
        foreach (string product in old.Products.Except(role.Products)) yield return $"{name}: loses {product}, which the network refuses";
    }

    private static string MarkOf(EarlierKey earlier, ulong? before) =>
        earlier.CompromisedAfter is { } after && !(after > before)
            ? $"its key {earlier.Key} is COMPROMISED; what it signed after log index {Number(after)} is void, for ever"
            : $"the mark of its key {earlier.Key} is taken back or goes up, which the network refuses";

    private static Role? Find(TrustRoot root, string name) => root.Roles.FirstOrDefault(role => role.Name == name);

    private static IEnumerable<string> Changed(string what, string from, string to) => from == to ? [] : [$"{what}: {from} → {to}"];

    private static string Threshold(Role role) =>
        string.Create(CultureInfo.InvariantCulture, $"{role.Threshold.Required} of {role.Threshold.Members}");

    private static string Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, 253_402_300_799))
        .ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
