using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// The next trust root, whole. The subject is the origin, with the digest of the canonical root.
/// <code>{"origin","root"}</code>
/// </summary>
public sealed record Rotation : Statement
{
    internal const string Name = "rotation";

    public required TrustRoot Root { get; init; }

    public override string? InvalidField =>
        Root.InvalidField is not null ? "root"
        : !string.Equals(Origin, Root.Origin, StringComparison.Ordinal) ? "origin"
        : null;

    internal override IReadOnlyList<Subject> Subjects => [new Subject(Origin, Digest.Of(Root.ToBytes()))];

    internal override string Predicate => Name;

    private protected override void WritePredicate(CanonicalJsonWriter writer) =>
        writer.Field("origin", Origin).Name("root").Raw(Root.ToBytes());

    /// <summary>
    /// Reads as far as the root's version: what can be known of a rotation before any of its keys is read. Nothing after it
    /// was looked at.
    /// </summary>
    internal static bool TryPeek(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out string? origin, out ulong version)
    {
        origin = null;
        version = 0;
        var reader = new CanonicalJsonReader(payload);
        return TryBegin(ref reader, out string? predicate, out _) && string.Equals(predicate, UrnOf(Name), StringComparison.Ordinal)
            && reader.TryName("origin") && reader.TryString(out origin, Limits.MaxOriginLength)
            && reader.TryName("root") && reader.TryBeginObject() && reader.TryName("version") && reader.TryNumber(out version);
    }

    internal static Rotation? ReadPredicate(ref CanonicalJsonReader reader)
    {
        if (!reader.TryName("origin") || !reader.TryString(out string? origin, Limits.MaxOriginLength)) return null;
        if (!reader.TryName("root") || !TrustRoot.TryRead(ref reader, out var root)) return null;

        return new Rotation { Origin = origin, Root = root };
    }
}
