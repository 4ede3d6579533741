using System.Text.Json;
using SupplyChain.Kernel.Tests.Machine;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.Tests.Kit;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// One network and one guest for all classes. The guest's agent follows one channel after the other; every channel offers
/// one livepatch, good or bad. A class begins by <see cref="NewAgent"/>, so that it need not know of the others.
/// </summary>
public sealed class PatchedGuest : IAsyncLifetime
{
    /// <summary>What the guest's /proc/cmdline shows while the good patch is in force.</summary>
    public const string Well = "patched and well";

    private const string Health = "#!/bin/sh\n! grep -q unwell /proc/cmdline\n";

    private MachineLock? _machine;
    private DirectoryInfo? _folder;
    private KernelPackage? _kernel;
    private PatchPublisher? _publisher;
    private Guest? _guest;
    private string _image = "";

    internal PatchPublisher Publisher => _publisher!;

    internal NodeNetwork Network => _publisher!.Network;

    internal Guest Guest => _guest!;

    /// <summary>What the kernel shows of itself without a patch.</summary>
    public string Unpatched { get; private set; } = "";

    private string Share => Path.Combine(_folder!.FullName, "share");

    public async Task InitializeAsync()
    {
        if (NeedsGuestFactAttribute.WhySkipped is not null) return;

        _machine = await MachineLock.TakeAsync();
        _folder = Directory.CreateTempSubdirectory("supplychain-kernel-");
        Directory.CreateDirectory(Share);
        _kernel = await KernelPackage.FetchAsync();
        _image = await GuestImage.BuildAsync(Path.Combine(_folder.FullName, "image"), _kernel);
        var modules = await LivepatchModules.BuildAsync(Path.Combine(_folder.FullName, "modules"), _kernel);
        foreach (string module in new[] { "sleeper", "no_patch" })
            File.Copy(modules.FileOf(module), Path.Combine(Share, module + ".ko"));
        await File.WriteAllTextAsync(Path.Combine(Share, "health"), Health);
        File.SetUnixFileMode(Path.Combine(Share, "health"), (UnixFileMode)0b111_101_101);

        _publisher = await PatchPublisher.FoundAsync(_folder.FullName);
        File.Copy(Network.TrustRoot, Path.Combine(Share, "trust-root.json"));
        await File.WriteAllLinesAsync(Path.Combine(Share, "ports"), Network.Urls.Select(url => $"{url.Port}"));
        await RestartAsync();
        Unpatched = await ShownAsync();
        string buildId = await BuildIdAsync();
        await _publisher.PublishAsync([.. Offers(modules, _kernel.Release, buildId)]);
        await MakeAgentAsync();
    }

    /// <summary>A bare kernel, and an agent that has done nothing yet.</summary>
    public async Task StartAnewAsync()
    {
        if (NeedsGuestFactAttribute.WhySkipped is not null) return;

        if (Guest.HasEnded || await ShownAsync() != Unpatched || await LoadedAsync() != "") await RestartAsync();
        var anew = await Guest.RunAsync("rm -rf /share/state /share/install && cp -r /share/new-state /share/state");
        Assert.True(anew.ExitCode == 0, anew.ToString());
    }

    /// <summary>Shuts the guest down, where it runs, and starts it; its disk is as it was left.</summary>
    /// <param name="kernel">The usual one unless given.</param>
    /// <param name="words">Further words on the kernel's command line.</param>
    public async Task RestartAsync(string? kernel = null, string words = "")
    {
        if (_guest is not null)
        {
            if (!_guest.HasEnded) await _guest.PowerOffAsync();
            await _guest.DisposeAsync();
        }

        _guest = await Guest.BootAsync(kernel ?? _kernel!.Image, _image, Share, words);
    }

    /// <summary>Restarts with the same kernel under another release: what was signed for this one is not for that one.</summary>
    public async Task RestartWithOtherReleaseAsync()
    {
        string image = Path.Combine(_folder!.FullName, "vmlinux-other");
        string release = await _kernel!.WriteOtherReleaseAsync(image);
        await RestartAsync(image);
        Assert.Equal(release, (await Guest.RunAsync("uname -r")).Output.Trim());
    }

    /// <summary>Has the agent follow another channel.</summary>
    public async Task FollowAsync(string channel)
    {
        var result = await Guest.RunAsync($$"""sed -i 's/"channel": "[^"]*"/"channel": "{{channel}}"/' /share/state/agent.json""");
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>Runs a command of the agent, which must end with this code.</summary>
    /// <returns>The one object it printed.</returns>
    public async Task<JsonElement> AgentAsync(int expected, string command)
    {
        var result = await Guest.RunAsync($"updater-agent {command} --state /share/state --json");
        Assert.True(result.ExitCode == expected, $"{result}\n{Guest.Console}");
        return JsonDocument.Parse(result.Output).RootElement.Clone();
    }

    /// <summary>Installs a patch that the machine is not expected to survive.</summary>
    public Task InstallFatallyAsync() => Guest.RunFatallyAsync("updater-agent install --state /share/state --json");

    /// <summary>What /proc/cmdline shows.</summary>
    public async Task<string> ShownAsync() => (await Guest.RunAsync("cat /proc/cmdline")).Output.Trim();

    /// <summary>The livepatches in the kernel.</summary>
    public async Task<string> LoadedAsync() => (await Guest.RunAsync("ls /sys/kernel/livepatch")).Output.Trim();

    /// <summary>Whether the kernel has a module of this name, livepatch or not.</summary>
    public async Task<bool> HasModuleAsync(string module) => (await Guest.RunAsync($"[ -e /sys/module/{module} ]")).ExitCode == 0;

    public async Task<string> KernelLogAsync() => (await Guest.RunAsync("dmesg")).Output;

    /// <summary>Changes one byte of the module that the next boot would load, or changes it back.</summary>
    public void FlipStagedByte()
    {
        string module = Directory.GetFiles(Path.Combine(Share, "install", "current"), "patch.ko").Single();
        using var file = File.Open(module, FileMode.Open);
        file.Seek(file.Length / 2, SeekOrigin.Begin);
        int value = file.ReadByte();
        file.Seek(-1, SeekOrigin.Current);
        file.WriteByte((byte)(value ^ 1));
    }

    public async Task DisposeAsync()
    {
        if (_guest is not null) await _guest.DisposeAsync();
        if (_publisher is not null) await _publisher.DisposeAsync();
        _folder?.Delete(recursive: true);
        _machine?.Dispose();
    }

    private async Task MakeAgentAsync()
    {
        var made = await Guest.RunAsync(
            $"updater-agent init --trust-root /share/trust-root.json --product {PatchPublisher.Product} --channel good "
            + "--install /share/install --health /share/health --kind livepatch --state /share/new-state --json");
        Assert.True(made.ExitCode == 0, made.ToString());
        // The default, 75 s, is held to by a test of the agent's own; here it would only take long.
        var hurried = await Guest.RunAsync("""sed -i 's/"kind"/"transitionSeconds": 10, "kind"/' /share/new-state/agent.json""");
        Assert.True(hurried.ExitCode == 0, hurried.ToString());
    }

    private static IEnumerable<PatchOffer> Offers(LivepatchModules modules, string release, string buildId)
    {
        string good = modules.FileOf("patch_good"), unwell = modules.FileOf("patch_unwell");
        yield return new("good", "1.0.0", good, release, buildId);
        yield return new("vermagic-other", "1.1.0", modules.ForAnotherKernel("patch_unwell"), release, buildId);
        yield return new("vermagic-none", "1.2.0", modules.ForNoKernel("patch_unwell"), release, buildId);
        yield return new("no-livepatch", "1.3.0", modules.FileOf("no_patch"), release, buildId);
        yield return new("other-release", "1.4.0", unwell, "6.1.0-1-other", buildId);
        yield return new("other-build", "1.5.0", unwell, release, "00" + buildId[2..]);
        yield return new("altered", "1.6.0", modules.Again("patch_good", "altered"), release, buildId);
        yield return new("unwell", "1.7.0", unwell, release, buildId);
        yield return new("stuck", "1.8.0", modules.FileOf("patch_stuck"), release, buildId);
        yield return new("fatal", "1.9.0", modules.FileOf("patch_fatal"), release, buildId);
        yield return new("withdrawn", "1.10.0", good, release, buildId);
    }

    // By the same ELF notes that the agent reads, but by another program.
    private async Task<string> BuildIdAsync()
    {
        string notes = await HostProgram.RunAsync("/", "readelf", "-n", _kernel!.Image);
        return notes.Split('\n').First(line => line.Contains("Build ID:", StringComparison.Ordinal)).Split(':')[1].Trim();
    }
}
