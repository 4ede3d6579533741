using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>How a return to the version before went.</summary>
/// <param name="Unfinished">What could not be brought to its end, for people; null when all of it was.</param>
/// <param name="Unfit">Why the version before is not good either, and is not current again; null where it is, or where that is not known.</param>
internal sealed record WayBack(string? Unfinished = null, InstallRefusal? Unfit = null)
{
    public static WayBack Done { get; } = new();
}

/// <summary>What was current, turned out not to be good, and is not current any more.</summary>
internal sealed record Condemned(Placement Placement, InstallRefusal Why);
