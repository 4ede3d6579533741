using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Tests.Network;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

/// <summary>The whole program on a fake network and a fake kernel.</summary>
public sealed class LivepatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeNetwork _network = new();
    private readonly HttpClient _http;
    private readonly FakeKernel _kernel;
    private readonly AgentUnderTest _agent;

    public LivepatchTests()
    {
        _http = new HttpClient(_network, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _kernel = new FakeKernel(_folder.In("kernel"));
        _agent = new AgentUnderTest(_network)
        {
            World = new World
            {
                Http = _http,
                Machine = () => new MachineFacts("x86_64", ModuleBytes.Kernel, "abcd"),
                Kernel = _kernel.Running,
            },
        };
    }

    [Fact]
    public async Task An_agent_for_livepatches_installs_one_and_loads_it_again_at_boot()
    {
        Offer("1.0.0");
        await _agent.Initialise("--kind", "livepatch");
        Assert.Equal(ExitCode.Done, await _agent.RunJson("install"));
        Assert.Equal("installed", _agent.Json.GetProperty("status").GetString());
        Assert.Equal(["patch_1_0_0"], _kernel.Enabled);

        _kernel.Boot();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("boot"));
        Assert.Equal("loaded", _agent.Json.GetProperty("status").GetString());
        Assert.Equal(["patch_1_0_0"], _kernel.Enabled);

        Assert.Equal(ExitCode.Done, await _agent.RunJson("install"));
        Assert.Equal("already-installed", _agent.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_was_revoked_since_is_not_loaded_at_boot_although_there_is_no_network_then()
    {
        var release = Offer("1.0.0");
        await _agent.Initialise("--kind", "livepatch");
        await _agent.RunJson("install");
        _network.Revoke(release);
        Assert.Equal(ExitCode.Refused, await _agent.RunJson("check"));

        _kernel.Boot();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("boot"));
        Assert.Equal("revoked", _agent.Json.GetProperty("status").GetString());
        Assert.Empty(_kernel.Loaded);
    }

    [Fact]
    public async Task What_was_revoked_long_ago_is_not_loaded_either()
    {
        var release = Offer("1.0.0");
        await _agent.Initialise("--kind", "livepatch");
        await _agent.RunJson("install");
        _network.Revoke(release);
        await _agent.RunJson("check");

        // Nothing new came since: the proof is that of the day, and the time is a year later.
        const long Year = 365 * 24 * 60 * 60;
        _network.Now += Year;
        _agent.ConfirmTime();
        _kernel.Boot();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("boot"));
        Assert.Equal("revoked", _agent.Json.GetProperty("status").GetString());
        Assert.Empty(_kernel.Loaded);
    }

    [Fact]
    public async Task What_a_compromised_key_released_is_not_loaded_at_boot()
    {
        Offer("1.0.0");
        await _agent.Initialise("--kind", "livepatch");
        await _agent.RunJson("install");
        var next = _network.Root.Next().WithKeyOf(TestNetwork.RoleName, new TestGroup("kernel renewed"));
        _network.Rotate(next.WithMark(TestNetwork.RoleName, version: 1, compromisedAfter: 1), _network.Keys.RootHolders);
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        Assert.Equal("nothing-released", _agent.Json.GetProperty("status").GetString());

        _kernel.Boot();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("boot"));
        Assert.Equal("revoked", _agent.Json.GetProperty("status").GetString());
        Assert.Empty(_kernel.Loaded);
    }

    [Fact]
    public async Task Nothing_is_loaded_at_boot_while_a_trust_root_that_may_make_it_void_is_lost()
    {
        Offer("1.0.0");
        await _agent.Initialise("--kind", "livepatch");
        await _agent.RunJson("install");
        var next = _network.Root.Next().WithKeyOf(TestNetwork.RoleName, new TestGroup("kernel renewed"));
        _network.Rotate(next.WithMark(TestNetwork.RoleName, version: 1, compromisedAfter: 1), _network.Keys.RootHolders);
        await _agent.RunJson("check");

        File.Delete(_agent.State.RootOf(2));
        _kernel.Boot();
        foreach (string command in new[] { "boot", "rollback" })
        {
            Assert.Equal(ExitCode.Failed, await _agent.RunJson(command));
            Assert.Equal("trust-root-behind", _agent.Json.GetProperty("error").GetProperty("name").GetString());
        }

        Assert.Empty(_kernel.Loaded);
        await _agent.RunJson("check");
        Assert.Equal(ExitCode.Done, await _agent.RunJson("boot"));
        Assert.Equal("revoked", _agent.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_the_kernel_complains_of_at_boot_is_told_and_quarantined()
    {
        Offer("1.0.0");
        await _agent.Initialise("--kind", "livepatch");
        await _agent.RunJson("install");
        _kernel.Boot();
        _kernel.OnLoad = kernel => kernel.Say(4, "WARNING: CPU: 0 PID: 1 at kernel/some.c:1");
        Assert.Equal(ExitCode.Failed, await _agent.RunJson("boot"));
        Assert.Equal("kernel-complained", _agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Empty(_kernel.Loaded);
        Assert.Equal("1.0.0", (await _agent.Status()).GetProperty("quarantined")[0].GetProperty("version").GetString());
    }

    [Fact]
    public async Task An_operator_goes_back_to_the_bare_kernel()
    {
        Offer("1.0.0");
        await _agent.Initialise("--kind", "livepatch");
        await _agent.RunJson("install");
        Assert.Equal(ExitCode.Done, await _agent.RunJson("rollback"));
        Assert.Equal("1.0.0", _agent.Json.GetProperty("from").GetString());
        Assert.False(_agent.Json.TryGetProperty("to", out _));
        Assert.Empty(_kernel.Loaded);

        await _agent.RunJson("install");
        Assert.Equal("quarantined", _agent.Json.GetProperty("held").GetString());
    }

    [Fact]
    public async Task An_agent_for_trees_never_loads_a_module_because_a_release_says_so()
    {
        Offer("1.0.0");
        await _agent.Initialise();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("install"));
        Assert.Equal("kind-unsupported", _agent.Json.GetProperty("held").GetString());
        Assert.Equal(0, _kernel.Loads);
        Assert.Equal(ExitCode.Usage, await _agent.RunJson("boot"));
    }

    [Fact]
    public async Task There_are_two_kinds_of_agents_and_no_other()
    {
        Assert.Equal(ExitCode.Usage, await _agent.TryInitialise(more: ["--kind", "hook"]));
        await _agent.Initialise("--kind", "livepatch");
        string config = File.ReadAllText(_agent.State.Config).Replace("livepatch", "livepach", StringComparison.Ordinal);
        File.WriteAllText(_agent.State.Config, config);
        Assert.Equal(ExitCode.Environment, await _agent.RunJson("status"));
        Assert.Equal("config-malformed", _agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    public void Dispose()
    {
        _agent.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private Release Offer(string version) => _network.Offer(
        version, PatchedMachine.Module(version).ToArray(),
        release => release with { Kind = PayloadKind.Livepatch, Format = PayloadFormat.File, Target = PatchedMachine.Target });
}
