namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>What the running kernel shows of itself, read just before it is asked for anything.</summary>
public sealed record KernelState
{
    /// <summary>A word on the kernel's command line by which an operator forbids every livepatch.</summary>
    public const string KillSwitch = "supplychain.livepatch=off";

    /// <summary>The command line has the <see cref="KillSwitch"/>.</summary>
    public required bool IsSwitchedOff { get; init; }

    /// <summary><c>/sys/kernel/livepatch</c> is there.</summary>
    public required bool HasLivepatch { get; init; }

    /// <summary>Functions can be redirected: <c>kernel.ftrace_enabled</c> is not 0.</summary>
    public required bool HasFtrace { get; init; }

    /// <summary>Patches whose transition is not over; the kernel has one at a time.</summary>
    public required IReadOnlyList<string> Transitions { get; init; }

    /// <summary>Only modules with a signature are loaded: <c>module.sig_enforce</c>, or lockdown.</summary>
    public required bool RequiresSignature { get; init; }

    /// <summary>Every loaded module that shows a build id or none.</summary>
    public required IReadOnlyList<LoadedModule> Modules { get; init; }

    /// <summary>Bytes; null where the kernel does not say.</summary>
    public required long? AvailableMemory { get; init; }
}

/// <summary>A module in the kernel.</summary>
/// <param name="Name">As in <c>/sys/module</c>.</param>
/// <param name="BuildId">From its notes; null where it shows none.</param>
public sealed record LoadedModule(string Name, string? BuildId);
