using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Installation.Health;
using SupplyChain.UpdaterAgent.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>A machine with a fake kernel whose agent installs livepatches.</summary>
internal sealed class PatchedMachine : IDisposable
{
    public static readonly Target Target = new("x86_64", ModuleBytes.Kernel, "abcd");

    private const string Agent = "state";

    private readonly string _root = Directory.CreateTempSubdirectory("livepatch-").FullName;

    public PatchedMachine()
    {
        Directory.CreateDirectory(StateOf(Agent));
        Kernel = new FakeKernel(Path.Combine(_root, "kernel"));
    }

    public FakeKernel Kernel { get; }

    public MachineFacts Facts { get; set; } = new("x86_64", ModuleBytes.Kernel, "abcd");

    /// <summary>The health command's verdict.</summary>
    public bool IsHealthy { get; set; } = true;

    /// <summary>The version that a compromised key released; none unless set.</summary>
    public string? Void { get; set; }

    public string Record => Path.Combine(StateOf(Agent), "livepatch.json");

    public string SlotFile(string slot, string name = "patch.ko") => Path.Combine(_root, "install", "slots", slot, name);

    /// <summary>An agent that starts; nothing is recovered yet.</summary>
    /// <param name="disk">Where it writes.</param>
    /// <param name="agent">Its state folder's name: another agent may install into the same folder.</param>
    public (Installer Installer, LivepatchKind Kind) Start(IDisk? disk = null, string agent = Agent)
    {
        string state = Directory.CreateDirectory(StateOf(agent)).FullName;
        var health = new HealthCommand([IsHealthy ? "/bin/true" : "/bin/false"]);
        var times = new TransitionTimes(TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(60));
        var kind = LivepatchKind.Create(
            Path.Combine(_root, "install"), Path.Combine(state, "livepatch.json"), Kernel.Running, () => Facts, health, times, disk ?? new LinuxDisk(), TimeProvider.System);
        return (new Installer(state, kind, disk) { IsVoid = release => release.Version.ToString() == Void }, kind);
    }

    /// <summary>An agent that starts and recovers.</summary>
    public async Task<Installer> RecoverAsync(string agent = Agent)
    {
        var (installer, _) = Start(agent: agent);
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
        if (outcome.Failure is { IsVersionsFault: true } failure) installer.Condemn(new(outcome.Placement!, failure.Why));
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

    private string StateOf(string agent) => Path.Combine(_root, agent);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
