using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>One of the product's three programs, started as its user would start it: a process of its own.</summary>
internal sealed partial class ChildProgram : IAsyncDisposable
{
    public const string Share = "share";
    public const string RepoNode = "repo-node";
    public const string UpdaterAgent = "updater-agent";

    private const int Interrupt = 2;
    private const int Terminate = 15;

    // Whoever gets Ctrl-C may have programs of its own to stop first.
    private static readonly TimeSpan PatienceToStop = TimeSpan.FromSeconds(10), PatienceToInterrupt = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _commandLine;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _outputRead;
    private readonly Task _errorsRead;

    private ChildProgram(Process process, string commandLine)
    {
        _process = process;
        _commandLine = commandLine;
        _outputRead = ReadAsync(process.StandardOutput, _output);
        _errorsRead = ReadAsync(process.StandardError, _errors);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">One of the names above.</param>
    /// <param name="arguments">Its command line; never a secret.</param>
    /// <param name="input">What to write to its standard input, a passphrase for instance.</param>
    /// <param name="cancellation">Ends the program and the wait.</param>
    public static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, string? input, CancellationToken cancellation)
    {
        await using ChildProgram child = Start(program, arguments);
        if (input is not null) await child._process.StandardInput.WriteLineAsync(input);
        child._process.StandardInput.Close();
        await child._process.WaitForExitAsync(cancellation);
        return await child.ResultAsync();
    }

    public static ChildProgram Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(PathOf(program))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        string commandLine = string.Join(' ', start.ArgumentList.Prepend(program));
        return new ChildProgram(Process.Start(start)!, commandLine);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>What the program wrote so far, for an error message.</summary>
    public string Output
    {
        get
        {
            lock (_output) lock (_errors) return _errors.Length > 0 ? _errors.ToString() : _output.ToString();
        }
    }

    /// <summary>Largest resident memory so far, in bytes; 0 when the process has gone.</summary>
    public long PeakMemory()
    {
        try
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    /// <summary>As an operator stops it: SIGTERM.</summary>
    public Task<ChildResult> StopAsync() => EndAsync(Terminate, PatienceToStop);

    /// <summary>As Ctrl-C stops it: SIGINT.</summary>
    public Task<ChildResult> InterruptAsync() => EndAsync(Interrupt, PatienceToInterrupt);

    /// <summary>As a power cut stops it.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    // SIGKILL only for one that does not listen.
    private async Task<ChildResult> EndAsync(int signal, TimeSpan patienceWithIt)
    {
        if (!_process.HasExited && SendSignal(_process.Id, signal) == 0)
        {
            using var patience = new CancellationTokenSource(patienceWithIt);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await KillAsync();
        return await ResultAsync();
    }

    private async Task<ChildResult> ResultAsync()
    {
        await Task.WhenAll(_outputRead, _errorsRead);
        return new ChildResult(_commandLine, _process.ExitCode, _output.ToString(), _errors.ToString());
    }

    // Built side by side under artifacts/bin/<project>/<configuration>/, or published into one folder.
    private static string PathOf(string program)
    {
        string project = program switch
        {
            Share => "SupplyChain.MaintainerTools",
            RepoNode => "SupplyChain.RepoNode",
            UpdaterAgent => "SupplyChain.UpdaterAgent",
            _ => throw new ArgumentOutOfRangeException(nameof(program), program, "not one of our programs"),
        };
        string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string beside = Path.Combine(here, program);
        string sibling = Path.Combine(here, "..", "..", project, Path.GetFileName(here), program);
        return File.Exists(beside) ? beside : Path.GetFullPath(sibling);
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        char[] buffer = new char[4096];
        for (int read; (read = await reader.ReadAsync(buffer)) > 0;)
            lock (into) into.Append(buffer, 0, read);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}

/// <summary>How a program ended and what it said.</summary>
internal sealed record ChildResult(string CommandLine, int ExitCode, string Output, string Errors)
{
    /// <summary>The one JSON object it printed.</summary>
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Whatever it said, in one piece.</summary>
    public string Said => (Errors.Trim() + "\n" + Output.Trim()).Trim();
}
