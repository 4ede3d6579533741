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
    MarkLoosened,
    MarkBeyondLog,
    MarkedKeyInForce,
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
    /// <param name="current">The root in force.</param>
    /// <param name="entry">The rotation.</param>
    /// <param name="index">Where it stands in the log, or would; null where nobody knows, and marks are not held against it.</param>
    /// <param name="carries">Checks signatures.</param>
    /// <param name="next">The root.</param>
    public static SuccessionFault? Follow(
        TrustRoot current, Envelope entry, ulong? index, SignatureCheck carries, out TrustRoot? next)
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
        if (FirstBroken(current, read, index) is { } broken) return broken;

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
    /// <param name="current">The root in force.</param>
    /// <param name="next">The one to follow it.</param>
    /// <param name="index">Of the rotation's entry in the log; null before it has one.</param>
    public static SuccessionFault? FirstBroken(TrustRoot current, TrustRoot next, ulong? index = null)
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
            if (!Unmarked(role.Earlier).SequenceEqual(Unmarked(EarlierOf(role, old, current.Version))))
                return SuccessionFault.EarlierKeysWrong;
        }

        if (BrokenByMarks(current, roles, index) is { } fault) return fault;
        foreach (var role in current.Roles)
        {
            var after = roles[role.Name];
            if (after.Key.Equals(role.Key) && after.Threshold != role.Threshold) return SuccessionFault.ThresholdChanged;
        }

        return next.Created < current.Created ? SuccessionFault.TimeBackwards : null;
    }

    // The lists of earlier keys are known to continue each other here.
    private static SuccessionFault? BrokenByMarks(TrustRoot current, Dictionary<string, Role> next, ulong? index)
    {
        foreach (var role in current.Roles)
        {
            var marks = role.Earlier.Zip(next[role.Name].Earlier, (old, now) => (Old: old.CompromisedAfter, Now: now.CompromisedAfter));
            if (marks.Any(mark => mark.Old is not null && !(mark.Now <= mark.Old))) return SuccessionFault.MarkLoosened;
        }

        var marked = next.Values.SelectMany(role => role.Earlier).Where(earlier => earlier.CompromisedAfter is not null).ToList();
        if (marked.Exists(earlier => earlier.CompromisedAfter >= index)) return SuccessionFault.MarkBeyondLog;
        return next.Values.Any(role => marked.Exists(earlier => earlier.Key.Equals(role.Key)))
            ? SuccessionFault.MarkedKeyInForce
            : null;
    }

    private static IEnumerable<EarlierKey> Unmarked(IEnumerable<EarlierKey> earlier) =>
        earlier.Select(one => one with { CompromisedAfter = null });

    private static IReadOnlyList<EarlierKey> EarlierOf(Role role, Role? old, ulong version) =>
        old is null ? []
        : role.Key.Equals(old.Key) ? old.Earlier
        : EarlierAfter(old, version);
}
