using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>
/// The ledger rules of docs/protocol.md §3 for rotations. What a stranger could send a thousand times is refused before
/// any key in it is read: by the signature of the root key in force, by its id and by its version.
/// </summary>
internal static class RotationRules
{
    public static LedgerRefusal? Check(LedgerState ledger, RoleSignatures signatures, Envelope submission)
    {
        if (RootSuccession.Announces(ledger.TrustRoot, submission, signatures.Carries) is { } stranger) return Of(stranger);
        if (ledger.Map.TryGet(MapKey.Statement(submission.Id), out _)) return LedgerRefusal.Duplicate;

        var fault = RootSuccession.Follow(ledger.TrustRoot, submission, index: ledger.Size, signatures.Carries, out _);
        return fault is { } broken ? Of(broken) : null;
    }

    private static LedgerRefusal Of(SuccessionFault fault) => fault switch
    {
        SuccessionFault.Malformed => LedgerRefusal.Malformed,
        SuccessionFault.WrongOrigin => LedgerRefusal.WrongOrigin,
        SuccessionFault.WrongSignature => LedgerRefusal.WrongSignature,
        SuccessionFault.WrongVersion => LedgerRefusal.Stale,
        SuccessionFault.NodesChanged => LedgerRefusal.NodesChanged,
        SuccessionFault.RoleDropped => LedgerRefusal.RoleDropped,
        SuccessionFault.ProductMoved => LedgerRefusal.ProductMoved,
        SuccessionFault.EarlierKeysWrong => LedgerRefusal.EarlierKeysWrong,
        SuccessionFault.MarkLoosened => LedgerRefusal.MarkLoosened,
        SuccessionFault.MarkBeyondLog => LedgerRefusal.MarkBeyondLog,
        SuccessionFault.MarkedKeyInForce => LedgerRefusal.MarkedKeyInForce,
        SuccessionFault.ThresholdChanged => LedgerRefusal.ThresholdChanged,
        SuccessionFault.TimeBackwards => LedgerRefusal.TimeBackwards,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault."),
    };
}
