using System.Text.Json;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Commands;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Tests.Network;

/// <summary>The whole program on a fake network: commands in, exit code, output and files out.</summary>
internal sealed class AgentUnderTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http;

    public AgentUnderTest(FakeNetwork network, DownloadLimits? download = null, HttpClient? http = null)
    {
        Network = network;
        _http = http ?? new HttpClient(network, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        World = new World
        {
            Http = _http,
            Machine = () => new MachineFacts("x86_64", "6.1.0-test"),
            Download = download ?? new DownloadLimits { Rest = TimeSpan.FromMilliseconds(20), Stall = TimeSpan.FromMilliseconds(400) },
        };
        File.WriteAllBytes(_folder.In("root.json"), network.Keys.RootEnvelope.ToBytes());
    }

    public FakeNetwork Network { get; }

    public World World { get; init; }

    public StateFolder State => new(_folder.In("state"));

    public string Install => _folder.In("install");

    /// <summary>What the last command wrote to standard output.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What the last command wrote to standard error.</summary>
    public string Errors { get; private set; } = "";

    /// <summary>The last command's object; with <c>--json</c> alone.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string? CurrentFile => File.Exists(Path.Combine(Install, "current", "payload.bin")) ? Path.Combine(Install, "current", "payload.bin") : null;

    public async Task<AgentUnderTest> Initialise(params string[] more)
    {
        Assert.Equal(ExitCode.Done, await RunJson([.. Init, .. more]));
        ConfirmTime();
        return this;
    }

    /// <summary>As if a quorum had told the time just now.</summary>
    public void ConfirmTime()
    {
        var state = AgentState.Load(State, World.Disk);
        var (clock, uptime, boot) = World.ReadClocks();
        state.Save(state.Trusted.Confirm(new Confirmation(boot, uptime, clock, Network.Now)));
    }

    /// <summary>As <see cref="Initialise"/> with one option changed, and whatever comes of it.</summary>
    public Task<int> TryInitialise(string? option = null, string? value = null, params string[] more)
    {
        string[] arguments = Init;
        if (option is not null) arguments[Array.IndexOf(arguments, option) + 1] = value!;
        return RunJson([.. arguments, .. more]);
    }

    public Task<int> RunJson(params string[] arguments) => Run([.. arguments, "--json"]);

    /// <summary>The same agent's next process, in another world: with a clock, a disk or a network of its own.</summary>
    public Task<int> RunIn(World world, params string[] arguments) => RunIn(world, CancellationToken.None, arguments);

    public Task<int> RunIn(World world, CancellationToken stop, params string[] arguments) => Run(world, [.. arguments, "--json"], stop);

    /// <summary>What <c>status</c> says; <see cref="Output"/> stays that of the command before.</summary>
    public async Task<JsonElement> Status()
    {
        var (output, errors) = (Output, Errors);
        Assert.Equal(ExitCode.Done, await RunJson("status"));
        var status = Json;
        (Output, Errors) = (output, errors);
        return status;
    }

    public Task<int> Run(string[] arguments, CancellationToken stop = default) => Run(World, arguments, stop);

    private async Task<int> Run(World world, string[] arguments, CancellationToken stop)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var commands = new AgentCommandLine(world, json => new Screen(output, errors, json, isTerminal: false));
        int code = await commands.Run([.. arguments, "--state", State.Path], stop);
        (Output, Errors) = (output.ToString(), errors.ToString());
        return code;
    }

    private string[] Init =>
    [
        "init", "--trust-root", _folder.In("root.json"), "--product", TestNetwork.Product, "--channel", TestNetwork.Channel,
        "--install", Install,
    ];

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }
}
