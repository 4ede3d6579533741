using System.Text;
using SupplyChain.Tests.Kit;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.Kernel.Tests.Machine;

/// <summary>Our own modules, built from <c>modules/</c> for the guest's kernel, and what an attacker makes of them.</summary>
internal sealed class LivepatchModules
{
    private readonly string _folder;
    private readonly string _release;

    private LivepatchModules(string folder, string release) => (_folder, _release) = (folder, release);

    public static async Task<LivepatchModules> BuildAsync(string folder, KernelPackage kernel)
    {
        Directory.CreateDirectory(folder);
        foreach (string source in Directory.GetFiles(RepositoryRoot.Combine("tests", "kernel", "modules")))
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        await HostProgram.RunAsync(folder, "make", "-s", "-C", kernel.Headers, "M=" + folder, "CC=gcc-12", "modules");
        // A package's modules come without debug information; so do ours.
        await HostProgram.RunAsync(folder, "strip", ["--strip-debug", .. Directory.GetFiles(folder, "*.ko")]);
        return new LivepatchModules(folder, kernel.Release);
    }

    public string FileOf(string module) => Path.Combine(_folder, module + ".ko");

    /// <summary>A copy under another name whose vermagic names a kernel release that is one digit off.</summary>
    public string ForAnotherKernel(string module) => Changed(
        module, "other-kernel", $"vermagic={_release}", $"vermagic={(char)(_release[0] + 1)}{_release[1..]}");

    /// <summary>A copy under another name that names no kernel at all.</summary>
    public string ForNoKernel(string module) => Changed(module, "no-kernel", "vermagic=", "vermagik=");

    /// <summary>A copy under another name with other bytes at its end, which the kernel passes over: another artifact.</summary>
    public string Again(string module, string name)
    {
        string file = Path.Combine(_folder, name + ".ko");
        File.WriteAllBytes(file, [.. File.ReadAllBytes(FileOf(module)), .. Encoding.ASCII.GetBytes(name)]);
        return file;
    }

    private string Changed(string module, string name, string text, string other)
    {
        byte[] bytes = File.ReadAllBytes(FileOf(module));
        int place = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text));
        Assert.True(place >= 0);
        Encoding.ASCII.GetBytes(other).CopyTo(bytes, place);
        string file = Path.Combine(_folder, name + ".ko");
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
