using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>What early boot does with the patch that this machine had.</summary>
public enum BootVerdict
{
    /// <summary>It was confirmed, and it is for this kernel.</summary>
    Load,

    /// <summary>It is in the kernel already.</summary>
    Loaded,

    /// <summary>No version was confirmed here.</summary>
    NothingConfirmed,

    /// <summary>The machine's last boot ended with this patch, or with one where none is confirmed, and its fate open.</summary>
    NotSurvived,

    /// <summary>It was rolled back, or the machine went down with it too often.</summary>
    Quarantined,

    /// <summary>The operator's kill switch is on the kernel's command line.</summary>
    SwitchedOff,

    /// <summary>The last trusted state says that the release was withdrawn.</summary>
    Revoked,

    /// <summary>Another kernel runs now.</summary>
    Superseded,
}

/// <summary>Everything that <see cref="BootDecision"/> goes by.</summary>
public sealed record BootFacts
{
    /// <summary>What <c>current</c> leads to; null if there is none.</summary>
    public required Placement? Confirmed { get; init; }

    /// <summary>The target that was signed with it; null exactly when <see cref="Confirmed"/> is.</summary>
    public required Target? Target { get; init; }

    public required MachineFacts Machine { get; init; }

    public required bool IsSwitchedOff { get; init; }

    /// <summary>The payload whose intent another boot left, found just now; null where none did.</summary>
    public required Digest? WentDownWith { get; init; }

    /// <summary>The record after that was counted.</summary>
    public required ApplicationRecord Record { get; init; }

    /// <summary>The journal has it among the versions that are not installed again.</summary>
    public required bool IsQuarantined { get; init; }

    /// <summary>Withdrawn, by what this machine last verified.</summary>
    public required bool IsRevoked { get; init; }

    public required bool IsLoaded { get; init; }
}

/// <summary>Decides at boot (docs/protocol.md §9). In doubt nothing is loaded: the bare kernel boots.</summary>
public static class BootDecision
{
    public static BootVerdict Decide(BootFacts facts)
    {
        if (facts.IsSwitchedOff) return BootVerdict.SwitchedOff;
        // Not where a newer one took the machine down: that says nothing against the one that was confirmed.
        if (facts.WentDownWith is { } fatal && (facts.Confirmed is null || facts.Confirmed.Release.Sha256 == fatal))
            return BootVerdict.NotSurvived;
        if (facts.Confirmed is not { } confirmed || facts.Target is not { } target) return BootVerdict.NothingConfirmed;
        if (facts.IsQuarantined || facts.Record.IsGivenUp(confirmed.Release.Sha256)) return BootVerdict.Quarantined;
        if (facts.IsRevoked) return BootVerdict.Revoked;
        if (LivepatchRules.OtherKernel(target, facts.Machine) is not null) return BootVerdict.Superseded;
        return facts.IsLoaded ? BootVerdict.Loaded : BootVerdict.Load;
    }

    /// <summary>The stable name of a verdict (table in docs/protocol.md §9).</summary>
    public static string Name(this BootVerdict verdict) => verdict switch
    {
        BootVerdict.Load => "loaded",
        BootVerdict.Loaded => "already-loaded",
        BootVerdict.NothingConfirmed => "nothing-confirmed",
        BootVerdict.NotSurvived => "not-survived",
        BootVerdict.Quarantined => "quarantined",
        BootVerdict.SwitchedOff => "livepatch-off",
        BootVerdict.Revoked => "revoked",
        BootVerdict.Superseded => "superseded",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };
}
