using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SupplyChain.Tests.Kit.Processes;

/// <summary>
/// One <c>repo-node</c>, a process with a folder of its own that can be ended in every way there is and started again.
/// The project of the test that uses it sees to it that the program is built.
/// </summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly StringBuilder _said = new();
    private Process? _process;
    private Task _reading = Task.CompletedTask;

    /// <param name="name">In the trust root.</param>
    /// <param name="data">The node's own folder, as <c>repo-node init</c> made it.</param>
    /// <param name="url">Where it answers.</param>
    public NodeProcess(string name, string data, Uri url)
    {
        (Name, Data, Url) = (name, data, url);
        Http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(5) };
    }

    public string Name { get; }

    public string Data { get; }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public string Journal => Path.Combine(Data, "signing", "journal");

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The process, while it runs.</summary>
    public int Id => _process?.Id ?? throw new InvalidOperationException($"{Name} was never started.");

    /// <summary>Everything it wrote since it was started first.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts the process and does not wait for it.</summary>
    public void Start(string trustRoot)
    {
        _process?.Dispose();
        _process = Launch("run", "--data", Data, "--trust-root", trustRoot);
        _reading = Task.WhenAll(CollectAsync(_process.StandardOutput), CollectAsync(_process.StandardError));
    }

    /// <summary>SIGKILL: as a power cut ends it, but for what the kernel still holds.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;

        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>SIGTERM: as its operator ends it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        return await WaitForExitAsync();
    }

    /// <summary>Waits for a process that ends by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan? patience = null)
    {
        var process = _process ?? throw new InvalidOperationException($"{Name} was never started.");
        using var limit = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} did not end. It said:\n{Said}");
        }

        await _reading;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning) await KillAsync();
        _process?.Dispose();
        Http.Dispose();
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Launch(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    private static Process Launch(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{Program} does not start.");
    }

    // Built side by side: artifacts/bin/<project>/<configuration>/.
    private static string Program
    {
        get
        {
            string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            return Path.GetFullPath(
                Path.Combine(here, "..", "..", "SupplyChain.RepoNode", Path.GetFileName(here), "repo-node"));
        }
    }

    private async Task CollectAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_said) _said.AppendLine(line);
        }
    }
}
