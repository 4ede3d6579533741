using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.MaintainerTools.Drafting;

/// <summary>
/// What is to change from one trust root to the next; everything else stays as it is (docs/protocol.md §3). It is nobody's
/// word until the root keys of both have signed it.
/// </summary>
internal sealed record RotationDraft
{
    public IReadOnlyList<Ed25519PublicKey> AddedPublishers { get; init; } = [];

    public IReadOnlyList<Ed25519PublicKey> RemovedPublishers { get; init; } = [];

    public IReadOnlyList<TrustRootDraft.RoleDraft> AddedRoles { get; init; } = [];

    /// <summary>New keys of present roles; the drafts' products are added to those the role has.</summary>
    public IReadOnlyList<TrustRootDraft.RoleDraft> ReplacedKeys { get; init; } = [];

    /// <summary>Products that a present role signs for from now on.</summary>
    public IReadOnlyList<(string Role, IReadOnlyList<string> Products)> AddedProducts { get; init; } = [];

    /// <summary>Earlier keys, or keys that this rotation replaces, that were compromised.</summary>
    public IReadOnlyList<CompromiseMark> Marks { get; init; } = [];

    public long? MaxAge { get; init; }

    public long? Skew { get; init; }

    public long? AttestEvery { get; init; }

    /// <summary>Until the warning.</summary>
    public required TimeSpan Validity { get; init; }

    /// <exception cref="CommandFailure">The next root would break a rule.</exception>
    public Rotation ToRotation(TrustRoot current, DateTimeOffset now)
    {
        RequireKnown(current, [.. ReplacedKeys.Select(draft => draft.Name), .. AddedProducts.Select(added => added.Role)]);
        var limits = current.Freshness;
        var next = current with
        {
            Version = current.Version + 1,
            Created = now.ToUnixTimeSeconds(),
            Expires = (now + Validity).ToUnixTimeSeconds(),
            Roles = Roles(current),
            Publishers = Publishers(current),
            Freshness = new Freshness(MaxAge ?? limits.MaxAge, Skew ?? limits.Skew, AttestEvery ?? limits.AttestEvery),
        };
        if (next.InvalidField is { } field)
        {
            throw CommandFailure.Usage("trust-root-invalid", $"The trust root's '{field}' breaks a rule.", TrustRootDraft.HintFor(field));
        }

        return RootSuccession.FirstBroken(current, next) is { } broken
            ? throw CommandFailure.Usage("rotation-against-rules", $"The network would refuse this rotation: {broken}.",
                "see the ledger rules in docs/protocol.md, section 3; check this machine's clock")
            : next.ToRotation();
    }

    private IReadOnlyList<Role> Roles(TrustRoot current)
    {
        var changed = current.Roles.Select(role => Changed(role, current.Version)).Concat(NewRoles(current));
        IReadOnlyList<Role> sorted = [.. changed.OrderBy(role => role.Name, StringComparer.Ordinal)];
        return Marks.Aggregate(sorted, (roles, mark) => mark.PutOn(roles, current));
    }

    private Role Changed(Role role, ulong version)
    {
        string[] more = [.. AddedProducts.Where(added => added.Role == role.Name).SelectMany(added => added.Products)];
        if (ReplacedKeys.FirstOrDefault(draft => draft.Name == role.Name) is not { } renewed) return WithProducts(role, more);

        GroupFile group = renewed.Group;
        if (group.Key.PublicKey.Equals(role.Key))
        {
            throw CommandFailure.Usage("key-unchanged", $"The role '{role.Name}' has this key already.",
                "give the group.json of the new ceremony");
        }

        var replaced = role with
        {
            Key = group.Key.PublicKey,
            Threshold = group.Key.Threshold,
            Earlier = RootSuccession.EarlierAfter(role, version),
        };
        return WithProducts(replaced, [.. more, .. renewed.Products]);
    }

    private static Role WithProducts(Role role, string[] more) =>
        more.Length == 0 ? role : role with { Products = [.. role.Products.Concat(more).Order(StringComparer.Ordinal)] };

    private IEnumerable<Role> NewRoles(TrustRoot current)
    {
        var known = AddedRoles.FirstOrDefault(draft => current.Roles.Any(role => role.Name == draft.Name));
        return known is null
            ? AddedRoles.Select(draft => draft.ToRole())
            : throw CommandFailure.Usage("role-exists", $"There is a role '{known.Name}'.", "change its key with --replace-key, its products with --add-product");
    }

    private static void RequireKnown(TrustRoot current, IEnumerable<string> names)
    {
        if (names.FirstOrDefault(name => current.Roles.All(role => role.Name != name)) is not { } unknown) return;

        throw CommandFailure.Usage("role-unknown", $"There is no role '{unknown}'.",
            $"choose one of {string.Join(", ", current.Roles.Select(role => role.Name))}, or add it with --add-role");
    }

    private IReadOnlyList<Ed25519PublicKey> Publishers(TrustRoot current)
    {
        if (RemovedPublishers.FirstOrDefault(key => !current.Publishers.Contains(key)) is { } unknown)
        {
            throw CommandFailure.Usage("publisher-unknown", $"{unknown.ToHex()} is no publisher of this trust root.",
                "`share trust show` lists them");
        }

        return [.. current.Publishers.Except(RemovedPublishers).Concat(AddedPublishers).OrderBy(key => key.ToHex(), StringComparer.Ordinal)];
    }
}
