using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.Protocol.Trust;

/// <summary>
/// Who is trusted: the nodes, the roles and their keys, the publishers, and how fresh an attestation must be
/// (docs/protocol.md §6). An agent is installed with one. What the readers return obeys every rule of that section.
/// </summary>
public sealed record TrustRoot
{
    public required ulong Version { get; init; }

    /// <summary>The network's name.</summary>
    public required string Origin { get; init; }

    /// <summary>Unix seconds; also the time of the first state leaf.</summary>
    public required long Created { get; init; }

    /// <summary>Unix seconds; a warning, never a wall.</summary>
    public required long Expires { get; init; }

    /// <summary>3f+1, sorted by name; nodes are numbered in this order, from 0.</summary>
    public required IReadOnlyList<NodeIdentity> Nodes { get; init; }

    /// <summary>Sorted by name, one of them <see cref="Role.Root"/>.</summary>
    public required IReadOnlyList<Role> Roles { get; init; }

    /// <summary>Who may upload bytes; sorted.</summary>
    public required IReadOnlyList<Ed25519PublicKey> Publishers { get; init; }

    public required Freshness Freshness { get; init; }

    public Quorum Quorum => new(Nodes.Count);

    /// <summary>The first field that breaks a rule of docs/protocol.md §6; null when all obey.</summary>
    public string? InvalidField => TrustRootRules.FirstBroken(this);

    /// <summary>The role whose key signs trust roots.</summary>
    public Role RootRole => Roles.Single(role => string.Equals(role.Name, Role.Root, StringComparison.Ordinal));

    /// <summary>The role that owns the product, if one does.</summary>
    public Role? RoleFor(string product) => Roles.FirstOrDefault(role => role.Products.Contains(product, StringComparer.Ordinal));

    /// <summary>
    /// The key that the product's role has or had under a root version up to this one; null when nobody owns the product,
    /// or no key is known for that version.
    /// </summary>
    public PublicKey? KeyFor(string product, ulong rootVersion) =>
        rootVersion >= 1 && rootVersion <= Version ? RoleFor(product)?.KeyUnder(rootVersion) : null;

    /// <summary>
    /// Whether what the product's role signed there is void: above the mark of the key that the role had (docs/protocol.md §3).
    /// </summary>
    public bool Voids(string product, LogPlace place) => RoleFor(product) is { } role && role.Voids(place);

    /// <summary>Index of the node, −1 if there is none of this name.</summary>
    public int IndexOf(string node)
    {
        for (int i = 0; i < Nodes.Count; i++)
        {
            if (string.Equals(Nodes[i].Name, node, StringComparison.Ordinal)) return i;
        }

        return -1;
    }

    /// <summary>The statement in which this root travels.</summary>
    public Rotation ToRotation() => new() { Origin = Origin, Root = this };

    /// <summary>Id of <see cref="ToRotation"/>: what the map's row <c>root</c> names.</summary>
    public Digest Id() => ToRotation().Id();

    /// <summary>
    /// Reads the envelope of the first root, signed by its own root role: so t root holders agreed to these nodes. A later
    /// root is adopted from its predecessor and not by itself.
    /// </summary>
    public static bool TryReadEnvelope(
        ReadOnlySpan<byte> entry, [NotNullWhen(true)] out TrustRoot? root, [NotNullWhen(false)] out Rejection? rejection)
    {
        root = null;
        rejection = null;
        if (!Envelope.TryRead(entry, out var envelope))
            rejection = new Rejection(RejectionReason.RootMalformed, "not a canonical envelope");
        else if (!Statement.TryRead(envelope, out var statement) || statement is not Rotation rotation)
            rejection = new Rejection(RejectionReason.RootMalformed, "not a rotation with a trust root that obeys the rules");
        else if (rotation.Root.Version != 1)
            rejection = new Rejection(RejectionReason.RootMalformed, $"version {rotation.Root.Version} counts only after its predecessor");
        else if (!envelope.IsSignedExactlyBy(rotation.Root.RootRole.Key))
            rejection = new Rejection(RejectionReason.RootSignatureInvalid, "not signed by its own root role, and by it alone");
        else
            root = rotation.Root;

        return root is not null;
    }

    /// <summary>Reads the canonical JSON, which nobody has signed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out TrustRoot? root)
    {
        var reader = new CanonicalJsonReader(json);
        if (TryRead(ref reader, out root) && reader.AtEnd) return true;

        root = null;
        return false;
    }

    internal static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out TrustRoot? root) =>
        TrustRootFormat.TryRead(ref reader, out root) && root.InvalidField is null;

    /// <summary>Canonical JSON.</summary>
    /// <exception cref="InvalidOperationException"><see cref="InvalidField"/> is not null.</exception>
    public byte[] ToBytes()
    {
        if (InvalidField is { } field) throw new InvalidOperationException($"The trust root's field '{field}' breaks its rule.");
        return TrustRootFormat.Write(this);
    }
}
