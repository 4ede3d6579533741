using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>
/// The ledger rules of docs/protocol.md §3, tried in the order of its table; the first that is broken names the
/// refusal.
/// </summary>
internal static class LedgerRules
{
    public static LedgerRefusal? Check(LedgerState ledger, RoleSignatures signatures, Envelope submission)
    {
        // Before more is read: a rotation names many keys, and reading keys costs time that no stranger may take.
        switch (Statement.PredicateTypeOf(submission.Payload.Span))
        {
            case "urn:supplychain:rotation:v1":
                return ledger.RefusedRotations.Of(
                    ledger.LogRoot, submission, () => RotationRules.Check(ledger, signatures, submission));
            case "urn:supplychain:state:v1" or "urn:supplychain:resharing:v1" or "urn:supplychain:evidence:v1":
                return LedgerRefusal.Unsupported;
        }

        if (!Statement.TryRead(submission, out var statement)) return LedgerRefusal.Malformed;
        return statement switch
        {
            Release release =>
                CheckSigned(ledger, signatures, submission, release, release.Product)
                ?? CheckRelease(ledger, release),
            Promotion promotion =>
                CheckSigned(ledger, signatures, submission, promotion, promotion.Product)
                ?? CheckPromotion(ledger, promotion),
            Revocation revocation =>
                CheckSigned(ledger, signatures, submission, revocation, revocation.Product)
                ?? CheckRevocation(ledger, revocation),
            _ => LedgerRefusal.Unsupported,
        };
    }

    private static LedgerRefusal? CheckSigned(
        LedgerState ledger, RoleSignatures signatures, Envelope submission, Statement statement, string product)
    {
        if (statement.Origin != ledger.TrustRoot.Origin) return LedgerRefusal.WrongOrigin;
        if (ledger.TrustRoot.RoleFor(product) is not { } role) return LedgerRefusal.UnknownProduct;
        if (!signatures.Verifies(submission, role.Key)) return LedgerRefusal.WrongSignature;
        if (ledger.Map.TryGet(MapKey.Statement(submission.Id), out _)) return LedgerRefusal.Duplicate;
        return null;
    }

    private static LedgerRefusal? CheckRelease(LedgerState ledger, Release release)
    {
        var last = LedgerRows.Product(ledger.Map, release.Product);
        ulong sequence = last is null ? 1 : last.Sequence + 1;
        var previous = last?.Id ?? Release.FirstPrevious(release.Origin, release.Product);
        if (release.Sequence != sequence || release.Previous != previous) return LedgerRefusal.Stale;
        if (LedgerRows.Release(ledger.Map, release.Product, release.Version) is not null)
            return LedgerRefusal.VersionTaken;
        if (last is not null && release.Time < last.Time) return LedgerRefusal.TimeBackwards;
        return null;
    }

    private static LedgerRefusal? CheckPromotion(LedgerState ledger, Promotion promotion)
    {
        var last = LedgerRows.Channel(ledger.Map, promotion.Product, promotion.Channel);
        var previous = last?.Id ?? Promotion.FirstPrevious(promotion.Origin, promotion.Product, promotion.Channel);
        if (promotion.Previous != previous) return LedgerRefusal.Stale;

        var release = LedgerRows.Release(ledger.Map, promotion.Product, promotion.Version);
        if (release is null || release.Id != promotion.Release) return LedgerRefusal.UnknownRelease;
        if (last is not null && promotion.Version <= last.Version) return LedgerRefusal.VersionNotHigher;
        if (release.IsRevoked) return LedgerRefusal.Revoked;
        if (last is not null && promotion.Time < last.Time) return LedgerRefusal.TimeBackwards;
        return null;
    }

    private static LedgerRefusal? CheckRevocation(LedgerState ledger, Revocation revocation)
    {
        var release = LedgerRows.Release(ledger.Map, revocation.Product, revocation.Version);
        if (release is null || release.Id != revocation.Release) return LedgerRefusal.UnknownRelease;
        return release.IsRevoked ? LedgerRefusal.Revoked : null;
    }
}
