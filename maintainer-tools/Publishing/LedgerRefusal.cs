namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>What to do about a refusal by the ledger's rules (docs/protocol.md §3).</summary>
internal static class LedgerRefusal
{
    /// <summary>Null when the name is no ledger rule's: then it is one node's matter.</summary>
    public static string? HintFor(string name) => name switch
    {
        "malformed" => "make the envelope with `share sign combine`, and never edit it",
        "unsupported" => "this version of the network does not take such statements",
        "wrong-origin" => "make the statement for the origin of this trust root",
        "unknown-product" => "check the product's name, or have it added to a role of the trust root",
        "wrong-signature" => "have the statement signed by the group of the product's role; a rotation by the old and the new root group",
        "duplicate" => "the statement is in the log already: nothing is left to do",
        "stale" => "somebody else was first: make the statement anew with --trust-root, and have it signed again",
        "version-taken" => "the version exists with other content: choose another version",
        "unknown-release" => "submit the release before its promotion or revocation, and check the release's id",
        "version-not-higher" => "a channel only goes up: promote a higher version",
        "revoked" => "the release is revoked: release a new version",
        "nodes-changed" => "rotations cannot change nodes yet: leave them as they are",
        "mark-loosened" => "a key that was marked as compromised stays so: leave the mark, or give a lower log index",
        "mark-beyond-log" => "the log is not that long: give the index of an entry that is in it",
        "marked-key-in-force" => "replace the compromised key in every role that has it",
        "role-dropped" or "product-moved" or "earlier-keys-wrong" or "threshold-changed" =>
            "make the rotation with `share trust rotate` from the trust root in force, and have it signed again",
        "time-backwards" => "check this machine's clock and make the statement anew",
        _ => null,
    };
}
