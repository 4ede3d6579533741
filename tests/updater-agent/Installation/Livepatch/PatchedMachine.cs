using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>A machine with a fake kernel whose agent installs livepatches.</summary>
internal sealed class PatchedMachine : IDisposable
{
    public static readonly Target Target = new("x86_64", ModuleBytes.Kernel, "abcd");

    private readonly string _root = Directory.CreateTempSubdirectory("livepatch-").FullName;

    public PatchedMachine()
    {
        Directory.CreateDirectory(Path.Combine(_root, "state"));
        Kernel = new FakeKernel(Path.Combine(_root, "kernel"));
    }

    public FakeKernel Kernel { get; }

    public MachineFacts Facts { get; set; } = new("x86_64", ModuleBytes.Kernel, "abcd");

    /// <summary>The health command's verdict.</summary>
    public bool IsHealthy { get; set; } = true;

    public string Record => Path.Combine(_root, "state", "livepatch.json");

    public string SlotFile(string slot, string name = "patch.ko") => Path.Combine(_root, "install", "slots", slot, name);

    /// <summary>An agent that starts; nothing is recovered yet.</summary>
    public (Installer Installer, LivepatchKind Kind) Start(IDisk? disk = null)
    {
        var health = new HealthCommand([IsHealthy ? "/bin/true" : "/bin/false"]);
        var times = new TransitionTimes(TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(60));
        var kind = LivepatchKind.Create(
            Path.Combine(_root, "install"), Record, Kernel.Running, () => Facts, health, times, disk ?? new LinuxDisk(), TimeProvider.System);
        return (new Installer(Path.Combine(_root, "state"), kind, disk), kind);
    }

    /// <summary>An agent that starts and recovers.</summary>
    public async Task<Installer> RecoverAsync()
    {
        var (installer, _) = Start();
        await installer.RecoverAsync(CancellationToken.None);
        return installer;
    }

    public async Task<InstallOutcome> InstallAsync(string version, ModuleBytes? module = null, Target? target = null) =>
        await (await RecoverAsync()).InstallAsync(Patch(version, module, target), CancellationToken.None);

    /// <summary>What <c>updater-agent boot</c> does.</summary>
    public async Task<BootOutcome> BootAsync(bool isRevoked = false)
    {
        var (installer, kind) = Start();
        var outcome = await kind.BootAsync(release => installer.IsQuarantined(release.Product, release.Version), _ => isRevoked);
        installer.QuarantineGivenUp();
        return outcome;
    }

    /// <summary>The release of a module, the version's own unless given.</summary>
    public Payload Patch(string version, ModuleBytes? module = null, Target? target = null)
    {
        byte[] bytes = (module ?? Module(version)).ToArray();
        string file = Path.Combine(_root, "download-" + version);
        File.WriteAllBytes(file, bytes);
        return new(Installation.Machine.Release(version, bytes), PayloadKind.Livepatch, PayloadFormat.File, "patch.ko", file)
        {
            Target = target ?? Target,
        };
    }

    public static ModuleBytes Module(string version) =>
        new() { Name = NameOf(version), BuildId = Digest.Of(System.Text.Encoding.ASCII.GetBytes(version)).AsSpan()[..20].ToArray() };

    public static string NameOf(string version) => "patch_" + version.Replace('.', '_');

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
