using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// A release must not be installed any more, for ever. The subject is the product, with the release's id.
/// <code>{"origin","product","version","time","reason","replacement"?}</code>
/// </summary>
public sealed record Revocation : Statement
{
    internal const string Name = "revocation";

    public required string Product { get; init; }

    public required ReleaseVersion Version { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Time { get; init; }

    /// <summary>1 to 500 bytes.</summary>
    public required string Reason { get; init; }

    /// <summary>The version to go to instead.</summary>
    public ReleaseVersion? Replacement { get; init; }

    /// <summary>Id of the release.</summary>
    public required Digest Release { get; init; }

    public override string? InvalidField =>
        !Names.IsOrigin(Origin) ? "origin"
        : !Names.IsName(Product) ? "product"
        : !IsTime(Time) ? "time"
        : !IsReason(Reason) ? "reason"
        : null;

    internal override IReadOnlyList<Subject> Subjects => [new Subject(Product, Release)];

    internal override string Predicate => Name;

    private protected override void WritePredicate(CanonicalJsonWriter writer)
    {
        writer
            .Field("origin", Origin)
            .Field("product", Product)
            .Version("version", Version)
            .Time("time", Time)
            .Field("reason", Reason);
        if (Replacement is not null) writer.Version("replacement", Replacement);
    }

    internal static Revocation? ReadPredicate(ref CanonicalJsonReader reader, IReadOnlyList<Subject> subjects)
    {
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return null;
        if (!reader.TryName("product") || !reader.TryString(out string? product, Limits.MaxNameLength)) return null;
        if (!reader.TryName("version") || !reader.TryVersion(out var version)) return null;
        if (!reader.TryName("time") || !reader.TryTime(out long time)) return null;
        if (!reader.TryName("reason") || !reader.TryString(out string? reason, Limits.MaxReasonLength)) return null;

        ReleaseVersion? replacement = null;
        if (reader.TryName("replacement") && !reader.TryVersion(out replacement)) return null;
        if (subjects.Count != 1) return null;

        return new Revocation
        {
            Origin = origin,
            Product = product,
            Version = version,
            Time = time,
            Reason = reason,
            Replacement = replacement,
            Release = subjects[0].Sha256,
        };
    }

    private static bool IsReason(string text) =>
        text.Length > 0 && CanonicalJson.IsText(text) && Utf8Text.ToUtf8(text).Length <= Limits.MaxReasonLength;
}
