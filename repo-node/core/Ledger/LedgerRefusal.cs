namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>Why the ledger refuses a submission: the table of docs/protocol.md §3, in its order.</summary>
public enum LedgerRefusal
{
    Malformed,
    Unsupported,
    WrongOrigin,
    UnknownProduct,
    WrongSignature,
    Duplicate,
    Stale,
    VersionTaken,
    UnknownRelease,
    VersionNotHigher,
    Revoked,
    NodesChanged,
    RoleDropped,
    ProductMoved,
    EarlierKeysWrong,
    MarkLoosened,
    MarkBeyondLog,
    MarkedKeyInForce,
    ThresholdChanged,
    TimeBackwards,
}

/// <summary>The stable names under which clients meet them (docs/protocol.md §10).</summary>
public static class LedgerRefusalNames
{
    public static string Name(this LedgerRefusal refusal) => refusal switch
    {
        LedgerRefusal.Malformed => "malformed",
        LedgerRefusal.Unsupported => "unsupported",
        LedgerRefusal.WrongOrigin => "wrong-origin",
        LedgerRefusal.UnknownProduct => "unknown-product",
        LedgerRefusal.WrongSignature => "wrong-signature",
        LedgerRefusal.Duplicate => "duplicate",
        LedgerRefusal.Stale => "stale",
        LedgerRefusal.VersionTaken => "version-taken",
        LedgerRefusal.UnknownRelease => "unknown-release",
        LedgerRefusal.VersionNotHigher => "version-not-higher",
        LedgerRefusal.Revoked => "revoked",
        LedgerRefusal.NodesChanged => "nodes-changed",
        LedgerRefusal.RoleDropped => "role-dropped",
        LedgerRefusal.ProductMoved => "product-moved",
        LedgerRefusal.EarlierKeysWrong => "earlier-keys-wrong",
        LedgerRefusal.MarkLoosened => "mark-loosened",
        LedgerRefusal.MarkBeyondLog => "mark-beyond-log",
        LedgerRefusal.MarkedKeyInForce => "marked-key-in-force",
        LedgerRefusal.ThresholdChanged => "threshold-changed",
        LedgerRefusal.TimeBackwards => "time-backwards",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "No such refusal."),
    };
}
