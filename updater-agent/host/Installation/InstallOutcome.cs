using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>How an installation, or a return to the version before, ended.</summary>
internal abstract record InstallOutcome
{
    private InstallOutcome() { }

    /// <summary>The new version is current and healthy.</summary>
    public sealed record Installed(InstalledRelease Release) : InstallOutcome;

    /// <summary>Nothing was made current; the machine is as it was.</summary>
    public sealed record Refused(InstallRefusal Why) : InstallOutcome;

    /// <summary>
    /// <paramref name="Failed"/> was current for a while and is quarantined now; <paramref name="To"/> is current
    /// again, or nothing when there was nothing before.
    /// </summary>
    public sealed record RolledBack(InstalledRelease Failed, InstalledRelease? To, InstallRefusal Why) : InstallOutcome
    {
        /// <summary>The last that the health command wrote; may hold anything.</summary>
        public string Output { get; init; } = "";

        /// <summary>What of the way back is not done yet, for people; null when all of it is.</summary>
        public string? Unfinished { get; init; }
    }
}
