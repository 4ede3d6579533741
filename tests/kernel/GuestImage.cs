using System.Runtime.InteropServices;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// The guest's first file system: busybox, the modules for its network and its shared folder, this machine's own .NET
/// runtime with the libraries it needs, and the agent as it was built.
/// </summary>
internal static class GuestImage
{
    // In the order in which they need each other.
    private static readonly string[] Drivers =
    [
        "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "failover", "net_failover", "virtio_net",
        "netfs", "fscache", "9pnet", "9pnet_virtio", "9p",
    ];

    // The runtime loads these by name, so that ldd does not show them.
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

        // .../shared/Microsoft.NETCore.App/<version>/
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        string dotnet = runtime.Parent!.Parent!.Parent!.FullName;
        CopyFolder(runtime.FullName, Path.Combine(root, "dotnet", "shared", "Microsoft.NETCore.App", runtime.Name));
        CopyFolder(Path.Combine(dotnet, "host"), Path.Combine(root, "dotnet", "host"));
        File.Copy(Path.Combine(dotnet, "dotnet"), Path.Combine(root, "dotnet", "dotnet"));
        CopyFolder(AgentFolder(), Path.Combine(root, "agent"));
        foreach (string library in await LibrariesAsync(dotnet, runtime.FullName))
        {
            Directory.CreateDirectory(root + Path.GetDirectoryName(library));
            File.Copy(library, root + library, overwrite: true);
        }

        string image = Path.Combine(folder, "initramfs");
        await HostProgram.RunAsync(root, "sh", "-c", $"find . | cpio -o -H newc --quiet > '{image}'");
        return image;
    }

    // Built side by side under artifacts/bin/<project>/<configuration>/.
    private static string AgentFolder()
    {
        string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(here, "..", "..", "SupplyChain.UpdaterAgent", Path.GetFileName(here)));
    }

    private static async Task<IEnumerable<string>> LibrariesAsync(string dotnet, string runtime)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        string[] programs = [Path.Combine(dotnet, "dotnet"), .. Directory.GetFiles(runtime, "*.so")];
        foreach (string line in (await HostProgram.RunAsync("/", "ldd", programs)).Split('\n'))
        {
            // "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)", or the loader's path alone.
            string? path = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .FirstOrDefault(word => word.StartsWith("/lib", StringComparison.Ordinal) && !word.EndsWith(':'));
            if (path is not null) found.Add(path);
        }

        string folder = Path.GetDirectoryName(found.First(path => path.EndsWith("/libc.so.6", StringComparison.Ordinal)))!;
        return found.Concat(LoadedByName.Select(name => Path.Combine(folder, name)));
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.GetDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
