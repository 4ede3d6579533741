using System.Globalization;
using Microsoft.Win32.SafeHandles;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>The machine went down in the middle of a call.</summary>
internal sealed class MachineDiedException : Exception;

/// <summary>
/// A kernel that loads patches into a tree of files like /proc and /sys. It does as it is told: refuses, stalls, complains
/// or dies; and it can boot again, which forgets all it loaded.
/// </summary>
internal sealed class FakeKernel : IKernelCalls
{
    private readonly string _root;
    private readonly List<string> _log = [];
    private int _boots;

    public FakeKernel(string root)
    {
        _root = root;
        Boot();
    }

    public RunningKernel Running => new(new KernelFiles(_root), this);

    /// <summary>What finit_module answers; 0 loads.</summary>
    public int Errno { get; set; }

    public bool DiesOnLoad { get; set; }

    /// <summary>Transitions into force never end until they are turned around.</summary>
    public bool Stalls { get; set; }

    /// <summary>Transitions out of force never end.</summary>
    public bool StallsOut { get; set; }

    /// <summary>What a load does to the rest of the kernel.</summary>
    public Action<FakeKernel> OnLoad { get; set; } = _ => { };

    /// <summary>What happens once a patch was asked to leave.</summary>
    public Action<FakeKernel> OnDisable { get; set; } = _ => { };

    /// <summary>How many modules were ever handed to the kernel.</summary>
    public int Loads { get; private set; }

    public string[] Enabled =>
        [.. Loaded.Where(module => File.Exists(Patch(module, "enabled")) && File.ReadAllText(Patch(module, "enabled")) == "1")];

    public string[] Loaded => [.. Directory.GetDirectories(At("sys/module")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public ulong Monotonic => 1000;

    /// <summary>A new boot: nothing is loaded.</summary>
    public void Boot(string commandLine = "quiet")
    {
        foreach (string folder in new[] { "sys", "proc" })
        {
            if (Directory.Exists(At(folder))) Directory.Delete(At(folder), recursive: true);
        }

        Directory.CreateDirectory(At("sys/module"));
        Directory.CreateDirectory(At("sys/kernel/livepatch"));
        Set("proc/sys/kernel/random/boot_id", $"00000000-0000-0000-0000-{++_boots:000000000000}\n");
        Set("proc/sys/kernel/ftrace_enabled", "1\n");
        Set("proc/sys/kernel/tainted", "0\n");
        Set("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable:  500000 kB\n");
        Set("proc/cmdline", commandLine + "\n");
        _log.Clear();
    }

    public void Set(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    public void RemoveLivepatch() => Directory.Delete(At("sys/kernel/livepatch"));

    public void Say(int severity, string text) =>
        _log.Add(string.Create(CultureInfo.InvariantCulture, $"{severity},{_log.Count},1,-;{text}\n"));

    /// <summary>A thread of process 77 that has not moved over.</summary>
    public void Block()
    {
        Set("proc/77/task/78/patch_state", "0\n");
        Set("proc/77/task/78/comm", "sleeper\n");
        Set("proc/77/task/78/stack", "[<0>] wait_for_ever+0x1/0x2 [sleeper]\n[<0>] kthread+0x1/0x2\n");
    }

    public SafeFileHandle Seal(ReadOnlySpan<byte> bytes) => new LinuxKernelCalls().Seal(bytes);

    public int Load(SafeFileHandle module)
    {
        Loads++;
        if (DiesOnLoad) throw new MachineDiedException();
        if (Errno != 0) return Errno;

        byte[] bytes = new byte[RandomAccess.GetLength(module)];
        RandomAccess.Read(module, bytes, 0);
        Assert.True(ModuleFile.TryRead(bytes, out var read, out _));
        Directory.CreateDirectory(At($"sys/module/{read.Name}/notes"));
        byte[] id = Convert.FromHexString(read.BuildId);
        File.WriteAllBytes(
            At($"sys/module/{read.Name}/notes/.note.gnu.build-id"), [4, 0, 0, 0, (byte)id.Length, 0, 0, 0, 3, 0, 0, 0, .. "GNU\0"u8, .. id]);
        Set(Patch(read.Name, "enabled"), "1");
        Set(Patch(read.Name, "transition"), Stalls ? "1" : "0");
        Set(Patch(read.Name, "vmlinux/patched"), "1");
        Directory.CreateDirectory(Patch(read.Name, "vmlinux/some_function,1"));
        Set("proc/sys/kernel/tainted", "45056\n");
        Say(4, $"{read.Name}: tainting kernel with TAINT_LIVEPATCH");
        OnLoad(this);
        return 0;
    }

    public int Unload(string module)
    {
        const int TryAgain = 11;
        if (Enabled.Contains(module) || File.ReadAllText(Patch(module, "transition")) == "1") return TryAgain;

        Directory.Delete(At($"sys/module/{module}"), recursive: true);
        Directory.Delete(At($"sys/kernel/livepatch/{module}"), recursive: true);
        return 0;
    }

    public int Write(string path, string text)
    {
        Assert.EndsWith("/enabled", path, StringComparison.Ordinal);
        Assert.Equal("0", text);
        File.WriteAllText(path, text);
        File.WriteAllText(path.Replace("/enabled", "/transition", StringComparison.Ordinal), StallsOut ? "1" : "0");
        OnDisable(this);
        return 0;
    }

    public IReadOnlyList<string> ReadLog() => [.. _log];

    private string Patch(string module, string path) => At($"sys/kernel/livepatch/{module}/{path}");

    private string At(string path) => Path.Combine(_root, path);
}
