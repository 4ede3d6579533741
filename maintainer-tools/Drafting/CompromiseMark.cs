using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Trust;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.MaintainerTools.Drafting;

/// <summary>That a role's key was compromised, and since when (docs/protocol.md §3). Once in force, it cannot be taken back.</summary>
/// <param name="Role">Whose key it is.</param>
/// <param name="Version">A root version that the key served; null for the key that this rotation replaces.</param>
/// <param name="After">The last log index up to which it verifies anything.</param>
internal sealed record CompromiseMark(string Role, ulong? Version, ulong After)
{
    /// <summary>Reads <c>ROLE@INDEX</c> or <c>ROLE:VERSION@INDEX</c>.</summary>
    /// <exception cref="CommandFailure">It is spelled differently.</exception>
    public static CompromiseMark Parse(string text)
    {
        string[] parts = text.Split('@');
        string[] named = parts[0].Split(':');
        ulong version = 0;
        bool reads = parts.Length == 2 && named is [{ Length: > 0 }] or [{ Length: > 0 }, _];
        if (!reads || !StrictDecimal.TryDecode(parts[1], out ulong after)
            || (named.Length == 2 && !StrictDecimal.TryDecode(named[1], out version)))
        {
            throw CommandFailure.Usage("mark-malformed", $"'{text}' names no role and log index.",
                "write ROLE@INDEX with the last index at which the role's own people signed, or ROLE:VERSION@INDEX for a key that served an earlier root");
        }

        return new CompromiseMark(named[0], named.Length == 2 ? version : null, after);
    }

    /// <summary>The roles with the mark on the key, wherever it served.</summary>
    /// <param name="roles">Of the next root, their keys replaced already.</param>
    /// <param name="current">The root in force.</param>
    /// <exception cref="CommandFailure">There is no such earlier key, or a role still signs with it.</exception>
    public IReadOnlyList<Role> PutOn(IReadOnlyList<Role> roles, TrustRoot current)
    {
        var key = KeyIn(roles, current);
        if (roles.FirstOrDefault(role => role.Key.Equals(key)) is { } signing)
        {
            throw CommandFailure.Usage("marked-key-in-force", $"The role '{signing.Name}' would go on signing with the compromised key.",
                $"have its people make a new key, and give it with --replace-key {signing.Name}=group.json");
        }

        return [.. roles.Select(role => role with
        {
            Earlier = [.. role.Earlier.Select(earlier => earlier.Key.Equals(key) ? earlier with { CompromisedAfter = After } : earlier)],
        })];
    }

    private PublicKey KeyIn(IReadOnlyList<Role> roles, TrustRoot current)
    {
        if (roles.FirstOrDefault(role => role.Name == Role) is not { } role)
        {
            throw CommandFailure.Usage("role-unknown", $"There is no role '{Role}'.",
                $"choose one of {string.Join(", ", current.Roles.Select(one => one.Name))}");
        }

        if (Version is null && current.Roles.Any(one => one.Name == Role && one.Key.Equals(role.Key)))
        {
            throw CommandFailure.Usage("mark-without-new-key", $"'{Role}' has no new key in this rotation, and its present one cannot be marked.",
                $"give the new key too, with --replace-key {Role}=group.json; for a key replaced before, write {Role}:VERSION@INDEX");
        }

        return role.EarlierUnder(Version ?? current.Version)?.Key
            ?? throw CommandFailure.Usage("earlier-key-unknown", $"'{Role}' had no earlier key under root {Version}.",
                "`share trust show` lists the earlier keys and the root versions they served");
    }
}
