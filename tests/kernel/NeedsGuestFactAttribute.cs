using SupplyChain.Kernel.Tests.Machine;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// A test on a kernel of its own, in a virtual machine. Without what that takes it is skipped and says how to install it;
/// under CI, which installs it all, it runs and fails.
/// </summary>
public sealed class NeedsGuestFactAttribute : FactAttribute
{
    private const string Install =
        "apt-get install --no-install-recommends qemu-system-x86 busybox-static cpio xz-utils binutils gcc-12 make linux-headers-amd64";

    private static readonly string[] Programs = ["qemu-system-x86_64", "cpio", "busybox", "xz", "make", "gcc-12", "strip", "readelf", "apt-get", "dpkg-deb"];

    public NeedsGuestFactAttribute() => Skip = WhySkipped;

    /// <summary>What is missing here and how to get it; null where the tests run.</summary>
    public static string? WhySkipped { get; } = Environment.GetEnvironmentVariable("CI") == "true" ? null : Missing();

    private static string? Missing()
    {
        if (!Environment.IsPrivilegedProcess) return "needs root: the guest's files are root's";

        string[] missing = [.. Programs.Where(program => !ProgramPath.Has(program))];
        if (KernelPackage.FindHeaders() is null) missing = [.. missing, "kernel headers"];
        return missing.Length == 0 ? null : $"needs {string.Join(", ", missing)}: {Install}";
    }
}
