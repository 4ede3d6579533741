using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Verification;

/// <summary>Steps 8 and 9 of docs/protocol.md §7: promotion and release are in the log, agree with the map, and are signed.</summary>
internal static class StatementRules
{
    public static Rejection? Included(Checkpoint checkpoint, ChannelRow channel, PromotedRelease promoted)
    {
        if (!promoted.Promotion.Verify(checkpoint, channel.Promotion))
            return new Rejection(RejectionReason.PromotionNotIncluded, $"not entry {channel.Promotion} of the checkpoint");
        if (!promoted.Release.Verify(checkpoint, channel.Release))
            return new Rejection(RejectionReason.ReleaseNotIncluded, $"not entry {channel.Release} of the checkpoint");

        return null;
    }

    public static Verdict<Promotion> Promotion(
        TrustRoot root, KnownSignatures known, UpdateRequest request, ChannelRow channel, ReleaseRow release, IncludedEntry included)
    {
        if (!Envelope.TryRead(included.Entry.Span, out var entry)
            || !Statement.TryRead(entry, out var statement) || statement is not Promotion promotion)
            return new Rejection(RejectionReason.PromotionMalformed, "not a canonical entry with a promotion");

        string? different =
            !Same(promotion.Origin, root.Origin) ? "origin"
            : !Same(promotion.Product, request.Product) ? "product"
            : !Same(promotion.Channel, request.Channel) ? "channel"
            : promotion.Version != channel.Version ? "version"
            : promotion.Time != channel.Time ? "time"
            : entry.Id != channel.Id ? "id"
            : promotion.Release != release.Id ? "release"
            : null;
        if (different is not null)
            return new Rejection(RejectionReason.PromotionMismatch, $"'{different}' is not what was asked for or the map says");

        return Signed(root, known, request.Product, channel.Place, entry, RejectionReason.PromotionSignatureInvalid) is { } rejection
            ? rejection
            : promotion;
    }

    public static Verdict<Release> Release(
        TrustRoot root, KnownSignatures known, UpdateRequest request, ChannelRow channel, ReleaseRow row, IncludedEntry included)
    {
        if (!Envelope.TryRead(included.Entry.Span, out var entry)
            || !Statement.TryRead(entry, out var statement) || statement is not Release release)
            return new Rejection(RejectionReason.ReleaseMalformed, "not a canonical entry with a release");

        string? different =
            !Same(release.Origin, root.Origin) ? "origin"
            : !Same(release.Product, request.Product) ? "product"
            : release.Version != channel.Version ? "version"
            : entry.Id != row.Id ? "id"
            : included.Proof.Index != row.Index ? "index"
            : null;
        if (different is not null)
            return new Rejection(RejectionReason.ReleaseMismatch, $"'{different}' is not what was asked for or the map says");

        return Signed(root, known, request.Product, row.Place, entry, RejectionReason.ReleaseSignatureInvalid) is { } rejection
            ? rejection
            : release;
    }

    private static Rejection? Signed(
        TrustRoot root, KnownSignatures known, string product, LogPlace place, Envelope entry, RejectionReason invalid)
    {
        if (root.KeyFor(product, place.Root) is not { } key)
            return new Rejection(RejectionReason.RoleUnknown, $"no role owns '{product}' under root {place.Root}");
        if (root.Voids(product, place))
            return new Rejection(RejectionReason.KeyCompromised, $"entry {place.Index} was signed by a key that verifies nothing any more so late in the log");

        return entry.IsSignedExactlyBy(known, key)
            ? null
            : new Rejection(invalid, "not signed by the key of the product's role, and by it alone");
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.Ordinal);
}
