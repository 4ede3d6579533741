using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>A rolled-back version, and why, in at most <see cref="Quarantine.MaxReasonLength"/> bytes.</summary>
public sealed record QuarantinedVersion(string Product, ReleaseVersion Version, string Reason);

/// <summary>
/// The versions that are not installed again, oldest first. An entry leaves when the operator lifts it or a higher
/// version of its product is confirmed. A channel's versions only rise, so when the list is full the oldest may go.
/// </summary>
public sealed class Quarantine
{
    public const int MaxVersions = 32;

    /// <summary>UTF-8 bytes of a reason; the end of a longer one is cut off.</summary>
    public const int MaxReasonLength = 500;

    public static Quarantine Empty { get; } = new([]);

    private Quarantine(ImmutableArray<QuarantinedVersion> versions) => Versions = versions;

    public ImmutableArray<QuarantinedVersion> Versions { get; }

    public bool Contains(string product, ReleaseVersion version) => Versions.Any(v => Is(v, product, version));

    public Quarantine Add(string product, ReleaseVersion version, string reason)
    {
        var others = Versions.RemoveAll(v => Is(v, product, version));
        if (others.Length == MaxVersions) others = others.RemoveAt(0);
        return new(others.Add(new(product, version, PrintableText.Of(reason, MaxReasonLength))));
    }

    public Quarantine Lift(string product, ReleaseVersion version) =>
        new(Versions.RemoveAll(v => Is(v, product, version)));

    /// <summary>Drops what <paramref name="confirmed"/> has overtaken.</summary>
    public Quarantine Overtake(string product, ReleaseVersion confirmed) =>
        new(Versions.RemoveAll(v => v.Product == product && v.Version.CompareTo(confirmed) < 0));

    internal void WriteTo(CanonicalJsonWriter json)
    {
        json.BeginArray();
        foreach (var (product, version, reason) in Versions)
        {
            json.BeginObject()
                .Field("product", product)
                .Field("version", version.ToString())
                .Field("reason", reason)
                .EndObject();
        }

        json.EndArray();
    }

    internal static bool TryRead(ref CanonicalJsonReader json, out Quarantine quarantine)
    {
        quarantine = Empty;
        if (!json.TryBeginArray()) return false;

        var versions = ImmutableArray.CreateBuilder<QuarantinedVersion>();
        while (!json.TryEndArray())
        {
            if (versions.Count == MaxVersions || !json.TryBeginObject()) return false;
            if (!json.TryName("product") || !json.TryString(out string? product, Limits.MaxNameLength)) return false;
            if (!json.TryVersion(out var version)) return false;
            if (!json.TryName("reason") || !json.TryString(out string? reason, MaxReasonLength)) return false;
            if (!json.TryEndObject() || versions.Any(v => Is(v, product, version))) return false;
            versions.Add(new(product, version, reason));
        }

        quarantine = new(versions.ToImmutable());
        return true;
    }

    private static bool Is(QuarantinedVersion entry, string product, ReleaseVersion version) =>
        entry.Product == product && entry.Version.CompareTo(version) == 0;
}
