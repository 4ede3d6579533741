using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>The program itself, since only a process has signals, permissions and streams of its own.</summary>
internal sealed class NodeProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeProgram(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public static NodeProgram Start(params string[] arguments) => new("dotnet", [Library, .. arguments]);

    public static async Task<Ended> RunAsync(params string[] arguments)
    {
        using var program = Start(arguments);
        return await program.EndAsync();
    }

    /// <summary>As root whom permissions bind like anybody else (capabilities(7)).</summary>
    public static async Task<Ended> RunBoundByPermissionsAsync(params string[] arguments)
    {
        const string privileges = "-dac_override,-dac_read_search";
        using var program = new NodeProgram(
            "setpriv", [$"--bounding-set={privileges}", $"--inh-caps={privileges}", "dotnet", Library, .. arguments]);
        return await program.EndAsync();
    }

    /// <summary>The next line that it prints.</summary>
    public async Task<string?> ReadLineAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        return await _process.StandardOutput.ReadLineAsync(late.Token);
    }

    /// <summary>As Ctrl-C does.</summary>
    public Task PressControlCAsync() => SignalAsync("-INT");

    /// <summary>As its operator ends it.</summary>
    public Task TerminateAsync() => SignalAsync("-TERM");

    public async Task<Ended> EndAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        string output = await _process.StandardOutput.ReadToEndAsync(late.Token);
        await _process.WaitForExitAsync(late.Token);
        return new Ended(_process.ExitCode, output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static string Library => Path.Combine(AppContext.BaseDirectory, "repo-node.dll");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <param name="Code">Exit code.</param>
    /// <param name="Output">What is left of standard output.</param>
    /// <param name="Errors">Standard error.</param>
    internal sealed record Ended(int Code, string Output, string Errors)
    {
        /// <summary>Exit code and error name agree with these, and what happened and what to do are said.</summary>
        /// <param name="code">Expected.</param>
        /// <param name="name">Expected.</param>
        /// <param name="seen">Part of the message.</param>
        public void AssertError(int code, string name, string seen)
        {
            Assert.True(code == Code, Output + Errors);
            var error = JsonDocument.Parse(Output).RootElement.GetProperty("error");
            Assert.Equal((code, name), (error.GetProperty("code").GetInt32(), error.GetProperty("name").GetString()));
            Assert.Contains(seen, error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(error.GetProperty("hint").GetString()!);
        }
    }
}
