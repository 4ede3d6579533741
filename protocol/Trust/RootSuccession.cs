using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.Protocol.Trust;

/// <summary>Why a rotation does not lead to the next trust root (docs/protocol.md §3).</summary>
public enum SuccessionFault
{
    Malformed,
    WrongOrigin,
    WrongSignature,
    WrongVersion,
    NodesChanged,
    RoleDropped,
    ProductMoved,
    EarlierKeysWrong,
    ThresholdChanged,
    TimeBackwards,
}

/// <summary>
/// What makes a trust root the successor of another: the ledger's rules for rotations, which agents check again
/// (docs/protocol.md §3). A root has many keys, and reading them is dear, so nothing of it is read before the key of
/// the root in force is found to have signed.
/// </summary>
public static class RootSuccession
{
    /// <summary>Whether one of an entry's signatures is this key's and valid.</summary>
    public delegate bool SignatureCheck(Envelope entry, PublicKey key);

    /// <summary>Whether the root role in force signed something that begins as a rotation of this network.</summary>
    /// <returns><c>Malformed</c>, <c>WrongOrigin</c>, <c>WrongSignature</c>, or null when it did.</returns>
    public static SuccessionFault? Announces(TrustRoot current, Envelope entry, SignatureCheck carries)
    {
        if (!Rotation.TryPeek(entry.Payload.Span, out string? origin, out _)) return SuccessionFault.Malformed;
        if (!string.Equals(origin, current.Origin, StringComparison.Ordinal)) return SuccessionFault.WrongOrigin;

        bool isSigned = entry.Signatures.Count is 1 or 2 && carries(entry, current.RootRole.Key);
        return isSigned ? null : SuccessionFault.WrongSignature;
    }

    /// <summary>Reads the root that follows <paramref name="current"/>, or says why this entry holds none.</summary>
    public static SuccessionFault? Follow(TrustRoot current, Envelope entry, SignatureCheck carries, out TrustRoot? next)
    {
        next = null;
        if (Announces(current, entry, carries) is { } fault) return fault;
        if (!Rotation.TryPeek(entry.Payload.Span, out _, out ulong version) || version != current.Version + 1)
            return SuccessionFault.WrongVersion;
        if (!Statement.TryRead(entry, out var statement) || statement is not Rotation { Root: var read })
            return SuccessionFault.Malformed;

        bool sameKey = read.RootRole.Key.Equals(current.RootRole.Key);
        bool isSigned = sameKey ? entry.Signatures.Count == 1 : entry.Signatures.Count == 2 && carries(entry, read.RootRole.Key);
        if (!isSigned) return SuccessionFault.WrongSignature;
        if (FirstBroken(current, read) is { } broken) return broken;

        next = read;
        return null;
    }

    /// <summary>
    /// The keys a role had before its present one, once it has another: the old one served up to and including the root
    /// in force.
    /// </summary>
    public static IReadOnlyList<EarlierKey> EarlierAfter(Role role, ulong lastVersion)
    {
        ulong from = role.Earlier.Count == 0 ? 1 : role.Earlier[^1].To + 1;
        return [.. role.Earlier, new EarlierKey(role.Key, from, lastVersion)];
    }

    /// <summary>The first rule that the change from one root to the next breaks, whoever signed it.</summary>
    public static SuccessionFault? FirstBroken(TrustRoot current, TrustRoot next)
    {
        if (!string.Equals(next.Origin, current.Origin, StringComparison.Ordinal)) return SuccessionFault.WrongOrigin;
        if (next.Version != current.Version + 1) return SuccessionFault.WrongVersion;
        if (!next.Nodes.SequenceEqual(current.Nodes)) return SuccessionFault.NodesChanged;

        var roles = next.Roles.ToDictionary(role => role.Name, StringComparer.Ordinal);
        if (!current.Roles.All(role => roles.ContainsKey(role.Name))) return SuccessionFault.RoleDropped;
        if (!current.Roles.All(role => role.Products.All(roles[role.Name].Products.Contains))) return SuccessionFault.ProductMoved;

        var before = current.Roles.ToDictionary(role => role.Name, StringComparer.Ordinal);
        foreach (var role in next.Roles)
        {
            before.TryGetValue(role.Name, out var old);
            if (!role.Earlier.SequenceEqual(EarlierOf(role, old, current.Version))) return SuccessionFault.EarlierKeysWrong;
        }

        foreach (var role in current.Roles)
        {
            var after = roles[role.Name];
            if (after.Key.Equals(role.Key) && after.Threshold != role.Threshold) return SuccessionFault.ThresholdChanged;
        }

        return next.Created < current.Created ? SuccessionFault.TimeBackwards : null;
    }

    private static IReadOnlyList<EarlierKey> EarlierOf(Role role, Role? old, ulong version) =>
        old is null ? []
        : role.Key.Equals(old.Key) ? old.Earlier
        : EarlierAfter(old, version);
}
