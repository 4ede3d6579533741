namespace SupplyChain.Protocol.Verification;

/// <summary>Which rule refused (docs/protocol.md §7; of evidence, §8).</summary>
public enum RejectionReason
{
    RootMalformed,
    RootSignatureInvalid,
    RotationMalformed,
    RotationWrongOrigin,
    RotationWrongVersion,
    RotationSignatureInvalid,
    RotationAgainstRules,
    RotationNotCertified,
    RotationNotIncluded,
    CheckpointMalformed,
    CheckpointWrongOrigin,
    CheckpointNotCertified,
    CheckpointStale,
    NonceAnswerMalformed,
    NonceAnswerInvalid,
    NotEnoughAnswers,
    CheckpointRolledBack,
    CheckpointForked,
    ConsistencyInvalid,
    ProofMalformed,
    StateLeafMisplaced,
    MapProofInvalid,
    RootUnknown,
    RootOutdated,
    ChannelAbsent,
    PromotionNotIncluded,
    ReleaseNotIncluded,
    PromotionMalformed,
    ReleaseMalformed,
    PromotionMismatch,
    ReleaseMismatch,
    RoleUnknown,
    PromotionSignatureInvalid,
    ReleaseSignatureInvalid,
    ReleaseRevoked,
    VersionBelowFloor,
    NotNewer,
    TargetMismatch,
    EvidenceMalformed,
    EvidenceWrongOrigin,
    EvidenceUnknownNode,
    EvidenceSignatureInvalid,
    EvidenceProvesNothing,
}

/// <summary>What was refused, and why.</summary>
/// <param name="Reason">The rule.</param>
/// <param name="Detail">What was seen, for people; no stable text.</param>
public sealed record Rejection(RejectionReason Reason, string Detail)
{
    /// <summary>The rule's stable name in docs/protocol.md §7.</summary>
    public string Name => NameOf(Reason);

    public override string ToString() => $"{Name}: {Detail}";

    public static string NameOf(RejectionReason reason) => reason switch
    {
        RejectionReason.RootMalformed => "root-malformed",
        RejectionReason.RootSignatureInvalid => "root-signature-invalid",
        RejectionReason.RotationMalformed => "rotation-malformed",
        RejectionReason.RotationWrongOrigin => "rotation-wrong-origin",
        RejectionReason.RotationWrongVersion => "rotation-wrong-version",
        RejectionReason.RotationSignatureInvalid => "rotation-signature-invalid",
        RejectionReason.RotationAgainstRules => "rotation-against-rules",
        RejectionReason.RotationNotCertified => "rotation-not-certified",
        RejectionReason.RotationNotIncluded => "rotation-not-included",
        RejectionReason.CheckpointMalformed => "checkpoint-malformed",
        RejectionReason.CheckpointWrongOrigin => "checkpoint-wrong-origin",
        RejectionReason.CheckpointNotCertified => "checkpoint-not-certified",
        RejectionReason.CheckpointStale => "checkpoint-stale",
        RejectionReason.NonceAnswerMalformed => "nonce-answer-malformed",
        RejectionReason.NonceAnswerInvalid => "nonce-answer-invalid",
        RejectionReason.NotEnoughAnswers => "not-enough-answers",
        RejectionReason.CheckpointRolledBack => "checkpoint-rolled-back",
        RejectionReason.CheckpointForked => "checkpoint-forked",
        RejectionReason.ConsistencyInvalid => "consistency-invalid",
        RejectionReason.ProofMalformed => "proof-malformed",
        RejectionReason.StateLeafMisplaced => "state-leaf-misplaced",
        RejectionReason.MapProofInvalid => "map-proof-invalid",
        RejectionReason.RootUnknown => "root-unknown",
        RejectionReason.RootOutdated => "root-outdated",
        RejectionReason.ChannelAbsent => "channel-absent",
        RejectionReason.PromotionNotIncluded => "promotion-not-included",
        RejectionReason.ReleaseNotIncluded => "release-not-included",
        RejectionReason.PromotionMalformed => "promotion-malformed",
        RejectionReason.ReleaseMalformed => "release-malformed",
        RejectionReason.PromotionMismatch => "promotion-mismatch",
        RejectionReason.ReleaseMismatch => "release-mismatch",
        RejectionReason.RoleUnknown => "role-unknown",
        RejectionReason.PromotionSignatureInvalid => "promotion-signature-invalid",
        RejectionReason.ReleaseSignatureInvalid => "release-signature-invalid",
        RejectionReason.ReleaseRevoked => "release-revoked",
        RejectionReason.VersionBelowFloor => "version-below-floor",
        RejectionReason.NotNewer => "not-newer",
        RejectionReason.TargetMismatch => "target-mismatch",
        RejectionReason.EvidenceMalformed => "evidence-malformed",
        RejectionReason.EvidenceWrongOrigin => "evidence-wrong-origin",
        RejectionReason.EvidenceUnknownNode => "evidence-unknown-node",
        RejectionReason.EvidenceSignatureInvalid => "evidence-signature-invalid",
        RejectionReason.EvidenceProvesNothing => "evidence-proves-nothing",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
