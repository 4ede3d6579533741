using SupplyChain.Tests.Kit;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.Kernel.Tests.Machine;

/// <summary>
/// The guest's first file system: busybox, the modules for its network and its shared folder, and the agent as its users get
/// it with the libraries it needs.
/// </summary>
internal static class GuestImage
{
    // In the order in which they need each other.
    private static readonly string[] Drivers =
    [
        "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "failover", "net_failover", "virtio_net",
        "netfs", "fscache", "9pnet", "9pnet_virtio", "9p",
    ];

    // The agent loads these by name, so that ldd does not show them.
    private static readonly string[] LoadedByName = ["libssl.so.3", "libcrypto.so.3"];

    /// <returns>The image's file.</returns>
    public static async Task<string> BuildAsync(string folder, KernelPackage kernel)
    {
        string root = Path.Combine(folder, "root");
        foreach (string empty in new[] { "bin", "proc", "sys", "dev", "tmp", "share", "modules" }) Directory.CreateDirectory(Path.Combine(root, empty));
        File.Copy(RepositoryRoot.Combine("tests", "kernel", "guest", "init"), Path.Combine(root, "init"));
        File.Copy(ProgramPath.Of("busybox"), Path.Combine(root, "bin", "busybox"));
        foreach (string driver in Drivers) File.Copy(kernel.ModuleFile(driver), Path.Combine(root, "modules", driver + ".ko"));
        await File.WriteAllTextAsync(Path.Combine(root, "modules", "order"), string.Join('\n', Drivers) + "\n");

        string agent = Path.Combine(root, "agent");
        await PublishedPrograms.PublishAsync(agent, CancellationToken.None, PublishedPrograms.UpdaterAgent);
        foreach (string library in await LibrariesAsync(Path.Combine(agent, "updater-agent")))
        {
            Directory.CreateDirectory(root + Path.GetDirectoryName(library));
            File.Copy(library, root + library, overwrite: true);
        }

        string image = Path.Combine(folder, "initramfs");
        await HostProgram.RunAsync(root, "sh", "-c", $"find . | cpio -o -H newc --quiet > '{image}'");
        return image;
    }

    private static async Task<IEnumerable<string>> LibrariesAsync(string program)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string line in (await HostProgram.RunAsync("/", "ldd", program)).Split('\n'))
        {
            // "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)", or the loader's path alone.
            string? path = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .FirstOrDefault(word => word.StartsWith("/lib", StringComparison.Ordinal));
            if (path is not null) found.Add(path);
        }

        string folder = Path.GetDirectoryName(found.First(path => path.EndsWith("/libc.so.6", StringComparison.Ordinal)))!;
        return found.Concat(LoadedByName.Select(name => Path.Combine(folder, name)));
    }
}
