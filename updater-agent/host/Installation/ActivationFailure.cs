using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>Why a version did not become current.</summary>
internal sealed record ActivationFailure
{
    private ActivationFailure(InstallRefusal why, bool isVersionsFault)
    {
        Why = why;
        IsVersionsFault = isVersionsFault;
    }

    public InstallRefusal Why { get; }

    /// <summary>It was made current and is not good; otherwise the machine is as it was, and may take it another time.</summary>
    public bool IsVersionsFault { get; }

    public static ActivationFailure OfVersion(InstallRefusal why) => new(why, isVersionsFault: true);

    public static ActivationFailure OfMachine(InstallRefusal why) => new(why, isVersionsFault: false);
}
