namespace SupplyChain.UpdaterAgent.Core.Installation;

/// <summary>How far an installation went (docs/protocol.md §9). A step is on disk before it is carried out.</summary>
public enum InstallStep
{
    /// <summary>Whole and durable in its place; nothing runs it yet.</summary>
    Staged,

    /// <summary>Made current, or about to be; its health is not known.</summary>
    Switched,

    /// <summary>Current and found healthy.</summary>
    Confirmed,

    /// <summary>Quarantined; what was there before is current again, or about to be.</summary>
    RolledBack,
}

public static class InstallStepNames
{
    private static readonly string[] Names = ["staged", "switched", "confirmed", "rolled-back"];

    public static string Name(this InstallStep step) => Names[(int)step];

    public static bool TryParse(string name, out InstallStep step)
    {
        int index = Array.IndexOf(Names, name);
        step = index < 0 ? default : (InstallStep)index;
        return index >= 0;
    }
}
