using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.Protocol.Trust;

/// <summary>A group of maintainers with one key, and the products it signs for (docs/protocol.md §6).</summary>
/// <param name="Name">The role named <c>root</c> signs trust roots.</param>
/// <param name="Key">The group's public key.</param>
/// <param name="Threshold">m, t and f′ when the root was made.</param>
/// <param name="Products">Sorted.</param>
/// <param name="Earlier">Keys it had before, oldest first.</param>
public sealed record Role(
    string Name,
    PublicKey Key,
    Threshold Threshold,
    IReadOnlyList<string> Products,
    IReadOnlyList<EarlierKey> Earlier)
{
    /// <summary>The role that signs trust roots.</summary>
    public const string Root = "root";

    /// <summary>The key it had under an earlier root; null when none is known. Present keys serve since the last earlier one.</summary>
    internal PublicKey? KeyUnder(ulong rootVersion)
    {
        if (Earlier.Count == 0 || rootVersion > Earlier[^1].To) return Key;
        return EarlierUnder(rootVersion)?.Key;
    }

    /// <summary>The earlier key that served under this root version; null when the present one did, or none is known.</summary>
    public EarlierKey? EarlierUnder(ulong rootVersion) =>
        Earlier.FirstOrDefault(earlier => rootVersion >= earlier.From && rootVersion <= earlier.To);

    /// <summary>Whether what this role signed there is void: above the mark of the key it had (docs/protocol.md §3).</summary>
    public bool Voids(LogPlace place) => EarlierUnder(place.Root)?.CompromisedAfter < place.Index;

    internal bool IsValidIn(ulong rootVersion) =>
        Names.IsName(Name)
        && Products.Count <= Limits.MaxProductsPerRole
        && Products.All(Names.IsName)
        && Order.IsStrictlyRising(Products, StringComparer.Ordinal)
        && Earlier.Count <= Limits.MaxEarlierKeys
        && Earlier.All(earlier => earlier.IsValidIn(rootVersion))
        && Earlier.Zip(Earlier.Skip(1)).All(pair => pair.First.To < pair.Second.From);

    internal IEnumerable<PublicKey> Keys => Earlier.Select(earlier => earlier.Key).Append(Key);

    internal void WriteTo(CanonicalJsonWriter writer)
    {
        writer.BeginObject().Field("name", Name);
        writer.RoleKey(Key, Threshold);
        writer.Name("products").BeginArray();
        foreach (string product in Products) writer.Text(product);
        writer.EndArray().Name("earlier").BeginArray();
        foreach (var earlier in Earlier) earlier.WriteTo(writer);
        writer.EndArray().EndObject();
    }

    internal static bool TryRead(ref CanonicalJsonReader reader, [NotNullWhen(true)] out Role? role)
    {
        role = null;
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("name") || !reader.TryString(out string? name, Limits.MaxNameLength)) return false;
        if (!reader.TryRoleKey(out var key, out var threshold)) return false;
        if (!reader.TryName("products") || !TryReadProducts(ref reader, out var products)) return false;
        if (!reader.TryName("earlier") || !TryReadEarlier(ref reader, out var earlier)) return false;
        if (!reader.TryEndObject()) return false;

        role = new Role(name, key, threshold, products, earlier);
        return true;
    }

    private static bool TryReadProducts(ref CanonicalJsonReader reader, out List<string> products)
    {
        products = [];
        if (!reader.TryBeginArray()) return false;

        while (!reader.TryEndArray())
        {
            if (products.Count == Limits.MaxProductsPerRole) return false;
            if (!reader.TryString(out string? product, Limits.MaxNameLength)) return false;
            products.Add(product);
        }

        return true;
    }

    private static bool TryReadEarlier(ref CanonicalJsonReader reader, out List<EarlierKey> earlier)
    {
        earlier = [];
        if (!reader.TryBeginArray()) return false;

        while (!reader.TryEndArray())
        {
            if (earlier.Count == Limits.MaxEarlierKeys || !EarlierKey.TryRead(ref reader, out var key)) return false;
            earlier.Add(key);
        }

        return true;
    }
}
