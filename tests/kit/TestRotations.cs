using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Tests.Kit;

/// <summary>Trust roots after the first, and the envelopes that bring them.</summary>
public static class TestRotations
{
    /// <summary>The next version, a day later and otherwise the same.</summary>
    public static TrustRoot Next(this TrustRoot current) => current with
    {
        Version = current.Version + 1,
        Created = current.Created + 86_400,
        Expires = current.Expires + 86_400,
    };

    /// <summary>The role gets another group's key, and its own goes to the earlier ones.</summary>
    public static TrustRoot WithKeyOf(this TrustRoot next, string role, TestGroup group) => next.WithRole(role, old => old with
    {
        Key = group.Key.PublicKey,
        Threshold = group.Key.Threshold,
        Earlier = RootSuccession.EarlierAfter(old, next.Version - 1),
    });

    /// <summary>The key that the role had under a root version counts as compromised after this log index, wherever it served.</summary>
    public static TrustRoot WithMark(this TrustRoot next, string role, ulong version, ulong? compromisedAfter)
    {
        var key = next.Roles.Single(one => one.Name == role).EarlierUnder(version)!.Key;
        EarlierKey Marked(EarlierKey earlier) => earlier.Key.Equals(key) ? earlier with { CompromisedAfter = compromisedAfter } : earlier;
        return next with { Roles = [.. next.Roles.Select(one => one with { Earlier = [.. one.Earlier.Select(Marked)] })] };
    }

    public static TrustRoot WithRole(this TrustRoot root, string role, Func<Role, Role> change) =>
        root with { Roles = [.. root.Roles.Select(one => one.Name == role ? change(one) : one)] };

    /// <summary>The rotation to this root, signed by these groups.</summary>
    public static Envelope SignedBy(this TrustRoot root, params TestGroup[] groups)
    {
        byte[] payload = root.ToRotation().ToPayload();
        return Envelope.Of(payload, [.. groups.Select(group => group.Sign(payload))]);
    }
}
