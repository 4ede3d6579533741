using System.Globalization;

namespace SupplyChain.Kernel.Tests.Machine;

/// <summary>
/// Every call that offers the guest's kernel a module, by the kernel's own trace of its calls: also one that it refuses,
/// or whose module is gone again.
/// </summary>
internal static class ModuleCalls
{
    private const string Trace = "/sys/kernel/tracing";

    /// <summary>Counts from zero, from now on.</summary>
    public static async Task WatchAsync(Guest guest)
    {
        var watched = await guest.RunAsync(
            $"""
            set -e
            [ -e {Trace}/trace ] || mount -t tracefs tracefs {Trace}
            for call in init_module finit_module; do echo 1 > {Trace}/events/syscalls/sys_enter_$call/enable; done
            echo > {Trace}/trace
            """);
        Assert.True(watched.ExitCode == 0, watched.ToString());
    }

    public static async Task<int> CountAsync(Guest guest)
    {
        // One line a call, such as "updater-agent-123 [000] ..... 4.567: sys_finit_module(fd: 3, …)".
        var counted = await guest.RunAsync($"grep -c 'sys_f*init_module(' {Trace}/trace");
        return int.Parse(counted.Output, CultureInfo.InvariantCulture);
    }
}
