using System.Buffers.Binary;
using System.Text;
using SupplyChain.Tests.Kit;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.Kernel.Tests.Machine;

/// <summary>
/// The distribution's kernel for which headers are installed: its image, fetched once through apt and kept unpacked under
/// <c>artifacts/</c>, and the folder to build modules in.
/// </summary>
internal sealed class KernelPackage
{
    private readonly string _folder;

    private KernelPackage(string release, string folder) => (Release, _folder) = (release, folder);

    /// <summary>As <c>uname -r</c> says in the guest.</summary>
    public string Release { get; }

    /// <summary>Where modules are built.</summary>
    public string Headers => Path.Combine("/lib/modules", Release, "build");

    /// <summary>The kernel as an ELF file: no time is lost with unpacking it under emulation.</summary>
    public string Image => Path.Combine(_folder, "vmlinux");

    /// <summary>A module of the package.</summary>
    public string ModuleFile(string name) =>
        Directory.EnumerateFiles(Path.Combine(_folder, "lib", "modules"), name + ".ko", SearchOption.AllDirectories).Single();

    /// <summary>The newest release with headers for building modules; null where there is none.</summary>
    public static string? FindHeaders() => !Directory.Exists("/lib/modules") ? null :
        Directory.GetDirectories("/lib/modules").Where(folder => File.Exists(Path.Combine(folder, "build", "Makefile")))
            .Select(folder => Path.GetFileName(folder)!).Where(name => name.EndsWith("-amd64", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).LastOrDefault();

    public static async Task<KernelPackage> FetchAsync()
    {
        string release = FindHeaders() ?? throw new InvalidOperationException("No kernel headers are installed.");
        string folder = RepositoryRoot.Combine("artifacts", "kernel", release);
        var package = new KernelPackage(release, folder);
        if (File.Exists(package.Image)) return package;

        string fresh = folder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh);
        await HostProgram.RunAsync(fresh, "apt-get", "download", "-qq", "linux-image-" + release);
        string package1 = Directory.GetFiles(fresh, "*.deb").Single();
        await HostProgram.RunAsync(fresh, "dpkg-deb", "-x", package1, fresh);
        File.Delete(package1);
        await UnpackAsync(Path.Combine(fresh, "boot", "vmlinuz-" + release), Path.Combine(fresh, "vmlinux"));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(fresh, folder);
        return package;
    }

    /// <summary>Writes the same kernel, but for the release that it says it is: the first digit is one higher.</summary>
    /// <returns>The release.</returns>
    public async Task<string> WriteOtherReleaseAsync(string image)
    {
        string other = (char)(Release[0] + 1) + Release[1..];
        byte[] kernel = await File.ReadAllBytesAsync(Image), name = UnixName(Release), otherName = UnixName(other);
        int place = kernel.AsSpan().IndexOf(name);
        Assert.True(place >= 0);
        for (; place >= 0; place = kernel.AsSpan().IndexOf(name)) otherName.CopyTo(kernel, place);
        await File.WriteAllBytesAsync(image, kernel);
        return other;
    }

    // include/uapi/linux/utsname.h: sysname, nodename and release, 65 bytes each.
    private static byte[] UnixName(string release) =>
        Encoding.ASCII.GetBytes("Linux".PadRight(65, '\0') + "(none)".PadRight(65, '\0') + release.PadRight(65, '\0'));

    // Documentation/x86/boot.rst: setup_sects at 0x1f1 counts sectors before the protected-mode part; payload_offset and
    // payload_length at 0x248 and 0x24c; the payload's last four bytes are its unpacked size.
    private static async Task UnpackAsync(string bootable, string image)
    {
        byte[] bytes = await File.ReadAllBytesAsync(bootable);
        int begin = ((bytes[0x1f1] + 1) * 512) + (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(0x248));
        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(0x24c)) - 4;
        string packed = image + ".xz";
        await File.WriteAllBytesAsync(packed, bytes.AsMemory(begin, length));
        await HostProgram.RunAsync(Path.GetDirectoryName(image)!, "xz", "-d", packed);
    }
}
