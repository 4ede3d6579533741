using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>How the program ended and what it said.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors)
{
    /// <summary>The one object of standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string? ErrorName => Json.TryGetProperty("error", out var error) ? error.GetProperty("name").GetString() : null;
}

/// <summary>The program itself, in a process that can be killed.</summary>
internal sealed class AgentProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Task<string> _output, _errors;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "updater-agent");

    private AgentProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static AgentProcess Start(StateFolder state, params string[] arguments) => Start(state, [], arguments);

    public static AgentProcess Start(StateFolder state, Dictionary<string, string> environment, params string[] arguments)
    {
        return Start(new ProcessStartInfo(Program, [.. arguments, "--state", state.Path, "--json"]), environment);
    }

    private static AgentProcess Start(ProcessStartInfo start, Dictionary<string, string> environment)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (string variable in (string[])["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]) start.Environment.Remove(variable);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new AgentProcess(Process.Start(start)!);
    }

    public static Task<Ended> Run(StateFolder state, params string[] arguments) => Run(state, [], arguments);

    public static async Task<Ended> Run(StateFolder state, Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(state, environment, arguments);
        return await process.End();
    }

    /// <summary>As root whom permissions bind like anybody else (capabilities(7)).</summary>
    public static async Task<Ended> RunBoundByPermissions(StateFolder state, params string[] arguments)
    {
        const string privileges = "-dac_override,-dac_read_search";
        string[] line = [$"--bounding-set={privileges}", $"--inh-caps={privileges}", Program, .. arguments, "--state", state.Path, "--json"];
        using var process = Start(new ProcessStartInfo("setpriv", line), []);
        return await process.End();
    }

    /// <summary>A new agent for the product of the test network.</summary>
    public static async Task<StateFolder> Initialise(FakeNetwork network, TemporaryFolder folder, params string[] more)
    {
        var state = new StateFolder(folder.In("state"));
        string root = folder.In("root.json");
        await File.WriteAllBytesAsync(root, network.Keys.RootEnvelope.ToBytes());
        var ended = await Run(
            state, ["init", "--trust-root", root, "--product", TestNetwork.Product, "--channel", TestNetwork.Channel,
                "--install", folder.In("install"), .. more]);
        Assert.True(ended.ExitCode == 0, ended.Errors + ended.Output);
        return state;
    }

    /// <summary>As Ctrl-C does.</summary>
    public void PressControlC()
    {
        using var kill = Process.Start("/bin/kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>As kill −9 does.</summary>
    public void Kill() => _process.Kill();

    public async Task<Ended> End()
    {
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        return new Ended(_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
