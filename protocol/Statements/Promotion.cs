using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// A channel now offers this release. The subject is the product, with the release's id.
/// <code>{"origin","product","channel","version","time","rollout","previous"}</code>
/// </summary>
public sealed record Promotion : Statement
{
    internal const string Name = "promotion";

    public required string Product { get; init; }

    public required string Channel { get; init; }

    public required ReleaseVersion Version { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Time { get; init; }

    public Rollout Rollout { get; init; } = Rollout.Everyone;

    /// <summary>Id of the channel's previous promotion, or <see cref="FirstPrevious"/>.</summary>
    public required Digest Previous { get; init; }

    /// <summary>Id of the release.</summary>
    public required Digest Release { get; init; }

    /// <summary>What a channel's first promotion has as <see cref="Previous"/>.</summary>
    public static Digest FirstPrevious(string origin, string product, string channel) => Digest.Of(
        new ByteWriter().Bytes("supplychain/first-promotion/v1"u8).U8(0).Text16(origin).Text16(product).Text16(channel).WrittenSpan);

    public override string? InvalidField =>
        !Names.IsOrigin(Origin) ? "origin"
        : !Names.IsName(Product) ? "product"
        : !Names.IsName(Channel) ? "channel"
        : !IsTime(Time) ? "time"
        : !Rollout.IsValid ? "rollout"
        : null;

    internal override IReadOnlyList<Subject> Subjects => [new Subject(Product, Release)];

    internal override string Predicate => Name;

    private protected override void WritePredicate(CanonicalJsonWriter writer)
    {
        writer
            .Field("origin", Origin)
            .Field("product", Product)
            .Field("channel", Channel)
            .Version("version", Version)
            .Time("time", Time)
            .Name("rollout");
        Rollout.WriteTo(writer);
        writer.Field("previous", Previous);
    }

    internal static Promotion? ReadPredicate(ref CanonicalJsonReader reader, IReadOnlyList<Subject> subjects)
    {
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return null;
        if (!reader.TryName("product") || !reader.TryString(out string? product, Limits.MaxNameLength)) return null;
        if (!reader.TryName("channel") || !reader.TryString(out string? channel, Limits.MaxNameLength)) return null;
        if (!reader.TryName("version") || !reader.TryVersion(out var version)) return null;
        if (!reader.TryName("time") || !reader.TryTime(out long time)) return null;
        if (!reader.TryName("rollout") || !Rollout.TryRead(ref reader, out var rollout)) return null;
        if (!reader.TryName("previous") || !reader.TryDigest(out var previous)) return null;
        if (subjects.Count != 1) return null;

        return new Promotion
        {
            Origin = origin,
            Product = product,
            Channel = channel,
            Version = version,
            Time = time,
            Rollout = rollout,
            Previous = previous,
            Release = subjects[0].Sha256,
        };
    }
}
