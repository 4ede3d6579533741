using System.Globalization;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>The running kernel, as far as livepatches go: what /proc and /sys show of it, and what is asked of it.</summary>
internal sealed class RunningKernel(KernelFiles files, IKernelCalls calls)
{
    private const string Patches = "sys/kernel/livepatch", Modules = "sys/module";
    private const string NoTransition = "-1";
    private const int StackFramesShown = 4;

    public static RunningKernel OfThisMachine { get; } = new(new KernelFiles("/"), new LinuxKernelCalls());

    public IKernelCalls Calls => calls;

    /// <summary>Drawn by the kernel at every boot.</summary>
    public string BootId => files.Text("proc/sys/kernel/random/boot_id")
        ?? throw new IOException("/proc/sys/kernel/random/boot_id cannot be read.");

    private ulong Taint => ulong.TryParse(files.Text("proc/sys/kernel/tainted"), CultureInfo.InvariantCulture, out ulong taint) ? taint : 0;

    public KernelMark Mark() => new(Taint, KernelComplaints.NextSequence(calls.ReadLog()));

    /// <summary>What it has complained about since then; null if nothing.</summary>
    public string? ComplaintSince(KernelMark mark) => KernelComplaints.Since(mark, Taint, calls.ReadLog());

    public bool IsSwitchedOff => (files.Text("proc/cmdline") ?? "").Split(' ').Contains(KernelState.KillSwitch);

    public KernelState State() => new()
    {
        IsSwitchedOff = IsSwitchedOff,
        HasLivepatch = files.HasFolder(Patches),
        HasFtrace = files.Text("proc/sys/kernel/ftrace_enabled") is "1",
        Transitions = [.. files.Folders(Patches).Where(IsInTransition)],
        RequiresSignature = files.Text(Modules + "/module/parameters/sig_enforce") is "Y"
            || (files.Text("sys/kernel/security/lockdown") is { } lockdown && !lockdown.Contains("[none]", StringComparison.Ordinal)),
        Modules = [.. files.Folders(Modules).Select(name => new LoadedModule(name, BuildIdOf(name)))],
        AvailableMemory = AvailableMemory(),
    };

    /// <summary>The module with this name and this build id is in the kernel, enabled or not.</summary>
    public bool Has(StagedPatch patch) => BuildIdOf(patch.Module) == patch.BuildId;

    /// <summary>It is in the kernel, in force for every task.</summary>
    public bool IsInForce(StagedPatch patch) => Has(patch) && IsEnabled(patch.Module) && !IsInTransition(patch.Module);

    public bool IsEnabled(string module) => files.Text($"{Patches}/{module}/enabled") is "1";

    public bool IsInTransition(string module) => files.Text($"{Patches}/{module}/transition") is "1";

    /// <summary>What of a patch is not in force; null when all that the kernel lists of it is.</summary>
    public string? Incomplete(string module)
    {
        if (!IsEnabled(module)) return $"{module} is not enabled";
        if (IsInTransition(module)) return $"{module} is in transition";

        var objects = files.Folders($"{Patches}/{module}");
        if (!objects.Any(one => files.Folders($"{Patches}/{module}/{one}").Count > 0)) return $"{module} patches no function";

        // A patch may be for modules that are not loaded; then theirs is 0, and comes when they do. Kernels before 6.1 do not say.
        bool anyPatched = objects.Any(one => files.Text($"{Patches}/{module}/{one}/patched") is not "0");
        bool kernelPatched = files.Text($"{Patches}/{module}/vmlinux/patched") is not "0";
        return anyPatched && kernelPatched ? null : $"{module} is enabled, and its functions are not patched";
    }

    /// <summary>Starts the way out of force, or turns a transition around: 0, or the error number.</summary>
    public int Disable(string module) => calls.Write(files.PathOf($"{Patches}/{module}/enabled"), "0");

    /// <summary>Hurries tasks that have not moved over, where the kernel does not do so by itself.</summary>
    public void Signal(string module)
    {
        string signal = files.PathOf($"{Patches}/{module}/signal");
        if (File.Exists(signal)) calls.Write(signal, "1");
    }

    /// <summary>The tasks that have not moved over to <paramref name="state"/> (1 is patched), and where they are: for people.</summary>
    public string Blockers(string state)
    {
        var blocking = files.Folders("proc").Where(name => name.All(char.IsAsciiDigit))
            .SelectMany(process => files.Folders($"proc/{process}/task").Select(task => $"proc/{process}/task/{task}"))
            .Where(task => files.Text(task + "/patch_state") is { } own && own != state && own != NoTransition)
            .Select(Describe).ToList();
        if (blocking.Count == 0) return "no task says that it blocks";

        string named = string.Join("; ", blocking.Take(LivepatchLimits.MaxBlockersNamed));
        return blocking.Count > LivepatchLimits.MaxBlockersNamed ? $"{named}; and {blocking.Count - LivepatchLimits.MaxBlockersNamed} more" : named;
    }

    private string Describe(string task)
    {
        string name = files.Text(task + "/comm") ?? "gone";
        // Each frame is "[<0>] function+0x1/0x2 [module]".
        var frames = (files.Text(task + "/stack") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Take(StackFramesShown).Select(frame => frame[(frame.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim().Split('+')[0]);
        return PrintableText.Of($"{name} ({Path.GetFileName(task)}) in {string.Join(" < ", frames)}", Quarantine.MaxReasonLength / 4);
    }

    private string? BuildIdOf(string module) =>
        files.Bytes($"{Modules}/{module}/notes/.note.gnu.build-id") is { } notes ? BuildIdNote.Find(notes) : null;

    private long? AvailableMemory()
    {
        const string Label = "MemAvailable:";
        string? line = (files.Text("proc/meminfo") ?? "").Split('\n').FirstOrDefault(one => one.StartsWith(Label, StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && long.TryParse(words[1], CultureInfo.InvariantCulture, out long kibibytes) ? kibibytes * 1024 : null;
    }
}
