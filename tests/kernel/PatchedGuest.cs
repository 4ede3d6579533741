using System.Text.Json;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.Tests.Kit;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// One network and one guest for all tests of the class. The guest's agent follows one channel after the other; every
/// channel offers one livepatch, good or bad.
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
        File.Copy(modules.FileOf("sleeper"), Path.Combine(Share, "sleeper.ko"));
        await File.WriteAllTextAsync(Path.Combine(Share, "health"), Health);
        File.SetUnixFileMode(Path.Combine(Share, "health"), (UnixFileMode)0b111_101_101);

        _publisher = await PatchPublisher.FoundAsync(_folder.FullName);
        File.Copy(Network.TrustRoot, Path.Combine(Share, "trust-root.json"));
        await File.WriteAllLinesAsync(Path.Combine(Share, "ports"), Network.Urls.Select(url => $"{url.Port}"));
        await BootAsync();
        Unpatched = await ShownAsync();
        string buildId = await BuildIdAsync();
        await _publisher.PublishAsync([.. Offers(modules, _kernel.Release, buildId)]);

        var made = await Guest.RunAsync(
            $"updater-agent init --trust-root /share/trust-root.json --product {PatchPublisher.Product} --channel good "
            + "--install /share/install --health /share/health --kind livepatch --state /share/state --json");
        Assert.True(made.ExitCode == 0, made.ToString());
        // The default, 75 s, is held to by a test of the agent's own; here it would only take long.
        var hurried = await Guest.RunAsync("""sed -i 's/"kind"/"transitionSeconds": 10, "kind"/' /share/state/agent.json""");
        Assert.True(hurried.ExitCode == 0, hurried.ToString());
    }

    /// <summary>Starts the guest; its disk is as it was left.</summary>
    public async Task BootAsync() => _guest = await Guest.BootAsync(_kernel!.Image, _image, Share);

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

    /// <summary>What /proc/cmdline shows.</summary>
    public async Task<string> ShownAsync() => (await Guest.RunAsync("cat /proc/cmdline")).Output.Trim();

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

    private static IEnumerable<PatchOffer> Offers(LivepatchModules modules, string release, string buildId)
    {
        string good = modules.FileOf("patch_good");
        yield return new("good", "1.0.0", good, release, buildId);
        yield return new("vermagic-other", "1.1.0", modules.ForAnotherKernel("patch_unwell"), release, buildId);
        yield return new("vermagic-none", "1.2.0", modules.ForNoKernel("patch_unwell"), release, buildId);
        yield return new("no-livepatch", "1.3.0", modules.FileOf("no_patch"), release, buildId);
        yield return new("other-release", "1.4.0", modules.FileOf("patch_unwell"), "6.1.0-1-other", buildId);
        yield return new("other-build", "1.5.0", modules.FileOf("patch_unwell"), release, "00" + buildId[2..]);
        yield return new("unwell", "1.6.0", modules.FileOf("patch_unwell"), release, buildId);
        yield return new("stuck", "1.7.0", modules.FileOf("patch_stuck"), release, buildId);
        yield return new("fatal", "1.8.0", modules.FileOf("patch_fatal"), release, buildId);
    }

    // By the same ELF notes that the agent reads, but by another program.
    private async Task<string> BuildIdAsync()
    {
        string notes = await HostProgram.RunAsync("/", "readelf", "-n", _kernel!.Image);
        return notes.Split('\n').First(line => line.Contains("Build ID:", StringComparison.Ordinal)).Split(':')[1].Trim();
    }
}
