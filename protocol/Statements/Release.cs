using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>How much it matters that machines install a release soon.</summary>
public enum Severity
{
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>
/// The maintainers made this version of a product, of these artifacts. The subjects are the artifacts.
/// <code>{"origin","product","version","upstreamVersion"?,"sequence","previous","time","severity","payload"}</code>
/// </summary>
public sealed record Release : Statement
{
    internal const string Name = "release";

    public required string Product { get; init; }

    public required ReleaseVersion Version { get; init; }

    /// <summary>What the upstream calls it, 1 to 128 bytes of any text.</summary>
    public string? UpstreamVersion { get; init; }

    /// <summary>1 for the product's first release, then one more each.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Id of the product's previous release, or <see cref="FirstPrevious"/>.</summary>
    public required Digest Previous { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Time { get; init; }

    public required Severity Severity { get; init; }

    public required PayloadKind Kind { get; init; }

    public required PayloadFormat Format { get; init; }

    public Target Target { get; init; } = Target.Any;

    /// <summary>1 to 64 of different names; the first is the payload.</summary>
    public required IReadOnlyList<Artifact> Artifacts { get; init; }

    /// <summary>What a product's first release has as <see cref="Previous"/>.</summary>
    public static Digest FirstPrevious(string origin, string product) => Digest.Of(
        new ByteWriter().Bytes("supplychain/first-release/v1"u8).U8(0).Text16(origin).Text16(product).WrittenSpan);

    public override string? InvalidField =>
        !Names.IsOrigin(Origin) ? "origin"
        : !Names.IsName(Product) ? "product"
        : UpstreamVersion is not null && !IsUpstreamVersion(UpstreamVersion) ? "upstreamVersion"
        : Sequence is 0 or > Limits.MaxJsonNumber ? "sequence"
        : !IsTime(Time) ? "time"
        : !Enum.IsDefined(Severity) ? "severity"
        : !Payload.IsValid(Kind, Format, Target) ? "payload"
        : !AreValid(Artifacts) ? "subject"
        : null;

    internal override IReadOnlyList<Subject> Subjects => [.. Artifacts.Select(Subject.Of)];

    internal override string Predicate => Name;

    private protected override void WritePredicate(CanonicalJsonWriter writer)
    {
        writer.Field("origin", Origin).Field("product", Product).Version("version", Version);
        if (UpstreamVersion is not null) writer.Field("upstreamVersion", UpstreamVersion);
        writer
            .Field("sequence", Sequence)
            .Field("previous", Previous)
            .Time("time", Time)
            .Field("severity", NameOf(Severity))
            .Name("payload");
        Payload.Write(writer, Kind, Format, Target);
    }

    internal static Release? ReadPredicate(ref CanonicalJsonReader reader, IReadOnlyList<Subject> subjects)
    {
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return null;
        if (!reader.TryName("product") || !reader.TryString(out string? product, Limits.MaxNameLength)) return null;
        if (!reader.TryName("version") || !reader.TryVersion(out var version)) return null;
        if (!reader.TryOptionalString("upstreamVersion", Limits.MaxUpstreamVersionLength, out string? upstream)) return null;
        if (!reader.TryName("sequence") || !reader.TryNumber(out ulong sequence)) return null;
        if (!reader.TryName("previous") || !reader.TryDigest(out var previous)) return null;
        if (!reader.TryName("time") || !reader.TryTime(out long time)) return null;
        if (!reader.TryName("severity") || !reader.TryEnum<Severity>(NameOf, out var severity)) return null;
        if (!reader.TryName("payload") || !Payload.TryRead(ref reader, out var kind, out var format, out var target)) return null;

        return new Release
        {
            Origin = origin,
            Product = product,
            Version = version,
            UpstreamVersion = upstream,
            Sequence = sequence,
            Previous = previous,
            Time = time,
            Severity = severity,
            Kind = kind,
            Format = format,
            Target = target,
            Artifacts = ArtifactsOf(subjects),
        };
    }

    // A plain subject is no artifact; leaving it out makes the list differ from the subjects, which refuses the statement.
    private static Artifact[] ArtifactsOf(IReadOnlyList<Subject> subjects) =>
    [
        .. subjects
            .Where(subject => subject is { FsVerity: not null, Size: not null })
            .Select(subject => new Artifact(subject.Name, subject.Sha256, subject.FsVerity!.Value, subject.Size!.Value)),
    ];

    private static bool IsUpstreamVersion(string text) =>
        text.Length > 0 && CanonicalJson.IsText(text) && Utf8Text.ToUtf8(text).Length <= Limits.MaxUpstreamVersionLength;

    private static bool AreValid(IReadOnlyList<Artifact> artifacts) =>
        artifacts.Count is > 0 and <= Limits.MaxArtifactsPerRelease
        && artifacts.All(artifact => artifact.IsValid)
        && artifacts.Select(artifact => artifact.Name).Distinct(StringComparer.Ordinal).Count() == artifacts.Count;

    private static string NameOf(Severity severity) => severity switch
    {
        Severity.Low => "low",
        Severity.Medium => "medium",
        Severity.High => "high",
        Severity.Critical => "critical",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };
}
