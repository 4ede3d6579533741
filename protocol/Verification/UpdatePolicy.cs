using SupplyChain.Protocol.Statements;

namespace SupplyChain.Protocol.Verification;

/// <summary>What a machine is.</summary>
/// <param name="Architecture">As <c>uname -m</c> says.</param>
/// <param name="KernelRelease">As <c>uname -r</c> says.</param>
/// <param name="BuildId">The running kernel's build id in lower-case hexadecimal; null when it cannot be read.</param>
public sealed record MachineFacts(string Architecture, string KernelRelease, string? BuildId = null);

/// <summary>Step 10 of docs/protocol.md §7: should this machine install it? What the operator configured comes after.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Floor">The highest version verified for the channel that stands; null if none does.</param>
/// <param name="Installed">The installed version that stands; null if none does.</param>
public sealed record UpdatePolicy(MachineFacts Machine, ReleaseVersion? Floor = null, ReleaseVersion? Installed = null)
{
    /// <summary>The rule that refuses, null when none does.</summary>
    public Rejection? Check(VerifiedUpdate update)
    {
        var version = update.Release.Version;
        if (update.ReleaseRow.IsRevoked)
            return new Rejection(RejectionReason.ReleaseRevoked, $"{version} counts as revoked since entry {update.ReleaseRow.Revocation}");
        if (MismatchOf(update.Release.Target) is { } part)
            return new Rejection(RejectionReason.TargetMismatch, $"{version} is for another {part}");
        if (Floor is not null && version < Floor)
            return new Rejection(RejectionReason.VersionBelowFloor, $"{version}, and {Floor} was verified before");
        if (Installed is not null && version <= Installed)
            return new Rejection(RejectionReason.NotNewer, $"{version}, and {Installed} is installed");

        return null;
    }

    private string? MismatchOf(Target target) =>
        Differs(target.Architecture, Machine.Architecture) ? "architecture"
        : Differs(target.KernelRelease, Machine.KernelRelease) ? "kernel release"
        : Differs(target.BuildId, Machine.BuildId) ? "build id"
        : null;

    // What the release does not name fits every machine; what the machine does not know fits nothing that is named.
    private static bool Differs(string? wanted, string? found) =>
        wanted is not null && !string.Equals(wanted, found, StringComparison.Ordinal);
}
