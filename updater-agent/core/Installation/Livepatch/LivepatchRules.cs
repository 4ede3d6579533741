using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>
/// What must hold before the kernel is asked to load a module (docs/protocol.md §9). The kernel itself takes a module for
/// another kernel, or for none: with module versions it does not compare release strings.
/// </summary>
public static class LivepatchRules
{
    /// <summary>Why no livepatch for this target can be applied here now; null if one can. Needs no module.</summary>
    /// <param name="target">Signed with the release.</param>
    /// <param name="machine">The running machine.</param>
    /// <param name="kernel">Its kernel.</param>
    public static InstallRefusal? Judge(Target target, MachineFacts machine, KernelState kernel)
    {
        if (kernel.IsSwitchedOff)
            return new(InstallRefusalReason.LivepatchOff, $"the kernel was started with {KernelState.KillSwitch}");
        if (!kernel.HasLivepatch) return new(InstallRefusalReason.LivepatchUnavailable, "this kernel has no /sys/kernel/livepatch");
        if (!kernel.HasFtrace) return new(InstallRefusalReason.LivepatchUnavailable, "kernel.ftrace_enabled is 0");
        if (OtherKernel(target, machine) is { } other) return new(InstallRefusalReason.OtherKernel, other);
        return kernel.Transitions is [var pending, ..]
            ? new(InstallRefusalReason.TransitionPending, $"the transition of {pending} is not over")
            : null;
    }

    /// <summary>Why this module is not given to the kernel; null if it is.</summary>
    public static InstallRefusal? Judge(ModuleFile module, long size, Target target, KernelState kernel)
    {
        if (!module.IsLivepatch)
            return new(InstallRefusalReason.NotALivepatch, $"{module.Name} does not say livepatch=Y");
        if (module.Architecture != target.Architecture)
            return new(InstallRefusalReason.OtherKernel, $"{module.Name} is built for {module.Architecture}");
        if (module.KernelRelease is null)
            return new(InstallRefusalReason.VermagicMissing, $"{module.Name} does not say for which kernel it is");
        if (module.KernelRelease != target.KernelRelease)
            return new(InstallRefusalReason.VermagicMismatch, $"{module.Name} is for {module.KernelRelease}, its release for {target.KernelRelease}");
        if (kernel.RequiresSignature && !module.HasSignature)
            return new(InstallRefusalReason.SignatureRequired, $"this kernel loads signed modules only, and {module.Name} has no signature");
        if (kernel.Modules.FirstOrDefault(one => one.BuildId == module.BuildId || one.Name == module.Name) is { } loaded)
            return new(InstallRefusalReason.ModuleLoaded, $"{loaded.Name} with build id {loaded.BuildId ?? "unknown"} is loaded");
        if (kernel.AvailableMemory - (4 * size) < LivepatchLimits.MemoryReserve)
            return new(InstallRefusalReason.MemoryLow, $"{kernel.AvailableMemory} bytes of memory are available");

        return null;
    }

    /// <summary>What of the target is another machine's; null when all of it is this one's.</summary>
    public static string? OtherKernel(Target target, MachineFacts machine) =>
        target.Architecture != machine.Architecture ? $"it is for {target.Architecture}, this is {machine.Architecture}"
        : target.KernelRelease != machine.KernelRelease ? $"it is for {target.KernelRelease}, this is {machine.KernelRelease}"
        : target.BuildId != machine.BuildId ? $"it is for build id {target.BuildId}, this is {machine.BuildId ?? "unknown"}"
        : null;
}
