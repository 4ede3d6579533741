namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>Why a version is not, or no longer, installed (table in docs/protocol.md §9).</summary>
public enum InstallRefusalReason
{
    ArchiveUnsafe,
    PayloadMismatch,
    Quarantined,
    AlreadyInstalled,
    KindUnsupported,
    PlaceOccupied,
    NothingToRollBackTo,
    Unhealthy,
    OperatorRequest,
    LivepatchOff,
    LivepatchUnavailable,
    OtherKernel,
    TransitionPending,
    ModuleMalformed,
    NotALivepatch,
    VermagicMissing,
    VermagicMismatch,
    SignatureRequired,
    ModuleLoaded,
    MemoryLow,
    KernelRefused,
    TransitionStalled,
    PatchIncomplete,
    KernelComplained,
    NotSurvived,
}

/// <summary>A reason, and what was seen, for people.</summary>
public sealed record InstallRefusal(InstallRefusalReason Reason, string Detail)
{
    /// <summary>The stable name of the reason.</summary>
    public string Name => Reason switch
    {
        InstallRefusalReason.ArchiveUnsafe => "archive-unsafe",
        InstallRefusalReason.PayloadMismatch => "payload-mismatch",
        InstallRefusalReason.Quarantined => "quarantined",
        InstallRefusalReason.AlreadyInstalled => "already-installed",
        InstallRefusalReason.KindUnsupported => "kind-unsupported",
        InstallRefusalReason.PlaceOccupied => "place-occupied",
        InstallRefusalReason.NothingToRollBackTo => "nothing-to-roll-back-to",
        InstallRefusalReason.Unhealthy => "unhealthy",
        InstallRefusalReason.OperatorRequest => "operator-request",
        InstallRefusalReason.LivepatchOff => "livepatch-off",
        InstallRefusalReason.LivepatchUnavailable => "livepatch-unavailable",
        InstallRefusalReason.OtherKernel => "other-kernel",
        InstallRefusalReason.TransitionPending => "transition-pending",
        InstallRefusalReason.ModuleMalformed => "module-malformed",
        InstallRefusalReason.NotALivepatch => "not-a-livepatch",
        InstallRefusalReason.VermagicMissing => "vermagic-missing",
        InstallRefusalReason.VermagicMismatch => "vermagic-mismatch",
        InstallRefusalReason.SignatureRequired => "signature-required",
        InstallRefusalReason.ModuleLoaded => "module-loaded",
        InstallRefusalReason.MemoryLow => "memory-low",
        InstallRefusalReason.KernelRefused => "kernel-refused",
        InstallRefusalReason.TransitionStalled => "transition-stalled",
        InstallRefusalReason.PatchIncomplete => "patch-incomplete",
        InstallRefusalReason.KernelComplained => "kernel-complained",
        InstallRefusalReason.NotSurvived => "not-survived",
        _ => throw new ArgumentOutOfRangeException(nameof(Reason), Reason, null),
    };

    public override string ToString() => $"{Name}: {Detail}";
}
