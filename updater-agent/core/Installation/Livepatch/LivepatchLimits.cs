namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>Bounds on what is read of a module and of a kernel (docs/protocol.md §9).</summary>
public static class LivepatchLimits
{
    /// <summary>Bytes of a module.</summary>
    public const int MaxModuleSize = 64 * 1024 * 1024;

    /// <summary>Bytes of a module's <c>.modinfo</c>.</summary>
    public const int MaxModuleInfoSize = 64 * 1024;

    /// <summary>Bytes of a module's build id; they are 20 where nobody chose otherwise.</summary>
    public const int MaxBuildIdSize = 64;

    /// <summary>Bytes of the record of applications.</summary>
    public const int MaxRecordSize = 16 * 1024;

    /// <summary>Payloads that the record counts for; a channel offers one at a time.</summary>
    public const int MaxCounted = 32;

    /// <summary>As often a machine may go down with a patch before the patch is given up.</summary>
    public const int MaxUnsurvived = 2;

    /// <summary>Tasks that are named when a transition stalls.</summary>
    public const int MaxBlockersNamed = 8;

    /// <summary>Free memory that must remain beside four times the module: it is copied, relocated and unwound.</summary>
    public const long MemoryReserve = 16 * 1024 * 1024;
}
