using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SupplyChain.Kernel.Tests.Machine;

/// <summary>
/// A virtual machine, emulated in software. Host and guest share one folder, which is the guest's disk and outlives it:
/// the host puts scripts there, and the guest runs them one after the other. Its network ends at this machine's loopback.
/// </summary>
internal sealed class Guest : IAsyncDisposable
{
    private static readonly TimeSpan BootPatience = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan RunPatience = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Process _machine;
    private readonly string _run;
    private readonly StringBuilder _console = new();
    private int _tasks;

    private Guest(Process machine, string share)
    {
        _machine = machine;
        _run = Path.Combine(share, "run");
        machine.OutputDataReceived += (_, line) => Hear(line.Data);
        machine.ErrorDataReceived += (_, line) => Hear(line.Data);
        machine.BeginOutputReadLine();
        machine.BeginErrorReadLine();
    }

    /// <summary>It was shut down, or its kernel ended it.</summary>
    public bool HasEnded => _machine.HasExited;

    /// <summary>What its kernel and QEMU said so far.</summary>
    public string Console
    {
        get
        {
            lock (_console) return _console.ToString();
        }
    }

    /// <param name="kernel">The kernel's file.</param>
    /// <param name="image">The first file system.</param>
    /// <param name="share">The folder that is the guest's disk.</param>
    /// <param name="words">Further words on the kernel's command line.</param>
    public static async Task<Guest> BootAsync(string kernel, string image, string share, string words = "")
    {
        string run = Path.Combine(share, "run");
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        Directory.CreateDirectory(run);
        string[] arguments =
        [
            "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "768", "-nographic", "-no-reboot", "-kernel", kernel, "-initrd", image,
            "-append", "console=ttyS0 quiet panic=-1 no_timer_check " + words, "-nic", "user,model=virtio-net-pci,ipv6=off",
            "-virtfs", $"local,path={share},mount_tag=share,security_model=none",
        ];
        var start = new ProcessStartInfo("qemu-system-x86_64", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var guest = new Guest(Process.Start(start)!, share);
        try
        {
            await guest.UntilAsync(() => File.Exists(Path.Combine(run, "booted")), BootPatience, "boot");
            return guest;
        }
        catch
        {
            await guest.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a script to its end.</summary>
    public async Task<GuestResult> RunAsync(string script)
    {
        string task = Hand(script);
        await UntilAsync(() => File.Exists(task + ".done"), RunPatience, script);
        return new GuestResult(
            script,
            int.Parse(await File.ReadAllTextAsync(task + ".done"), CultureInfo.InvariantCulture),
            await File.ReadAllTextAsync(task + ".out"),
            await File.ReadAllTextAsync(task + ".err"));
    }

    /// <summary>Runs a script that the machine is not expected to survive.</summary>
    public async Task RunFatallyAsync(string script)
    {
        Hand(script);
        using var patience = new CancellationTokenSource(RunPatience);
        await _machine.WaitForExitAsync(patience.Token);
    }

    /// <summary>Shuts it down in order.</summary>
    public Task PowerOffAsync() => RunFatallyAsync("sync; poweroff -f");

    public async ValueTask DisposeAsync()
    {
        if (!_machine.HasExited) _machine.Kill();
        await _machine.WaitForExitAsync();
        _machine.Dispose();
    }

    // Whole under its name at once, or not there.
    private string Hand(string script)
    {
        string task = Path.Combine(_run, (++_tasks).ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(task + ".new", script + "\n");
        File.Move(task + ".new", task + ".sh");
        return task;
    }

    private async Task UntilAsync(Func<bool> condition, TimeSpan patience, string what)
    {
        for (long begin = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(Poll))
        {
            if (_machine.HasExited) throw new InvalidOperationException($"The guest ended during: {what}\n{Console}");
            if (Stopwatch.GetElapsedTime(begin) > patience)
                throw new TimeoutException($"The guest did not end within {patience.TotalSeconds:0} s: {what}\n{Console}");
        }
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_console) _console.AppendLine(line);
    }
}

/// <summary>How a script ended in the guest, and what it said.</summary>
internal sealed record GuestResult(string Script, int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"'{Script}' ended with {ExitCode}:\n{Output}{Errors}";
}
