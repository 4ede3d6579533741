using System.Net;
using System.Net.Sockets;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo.Cast;

/// <summary>Four repository nodes, each a process with a folder and two loopback ports of its own.</summary>
internal sealed class NodeNetwork(string folder, Stage stage) : IAsyncDisposable
{
    public const int Nodes = 4;
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(30);

    private readonly ChildProgram?[] _running = new ChildProgram?[Nodes];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Where each node answers.</summary>
    public Uri[] Urls { get; private set; } = [];

    public string TrustRoot => Path.Combine(folder, "trust-root.json");

    public static string NameOf(int node) => $"node{node + 1}";

    public string DataOf(int node) => Path.Combine(folder, "nodes", NameOf(node));

    public string IdentityOf(int node) => Path.Combine(DataOf(node), "node.json");

    /// <summary>Makes every node's keys.</summary>
    public async Task InitialiseAsync()
    {
        int[] ports = FreePorts(2 * Nodes);
        Urls = [.. Enumerable.Range(0, Nodes).Select(node => new Uri($"http://127.0.0.1:{ports[2 * node]}/"))];
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(node => stage.RunAsync(ChildProgram.RepoNode,
            ["init", "--name", NameOf(node), "--data", DataOf(node),
                "--listen", $"127.0.0.1:{ports[2 * node]}", "--listen-peers", $"127.0.0.1:{ports[2 * node + 1]}"], ExitCode.Done)));
    }

    /// <summary>Starts every node and waits until each serves a certified checkpoint and signs.</summary>
    public async Task StartAsync()
    {
        for (int node = 0; node < Nodes; node++) Launch(node);
        for (int node = 0; node < Nodes; node++) await ReadyAsync(node);
    }

    /// <summary>Starts one node and waits until it serves a certified checkpoint and signs.</summary>
    public async Task StartAsync(int node)
    {
        Launch(node);
        await ReadyAsync(node);
    }

    /// <summary>Stops one node as its operator would.</summary>
    public Task StopAsync(int node) => EndAsync(node, process => process.StopAsync());

    /// <summary>Ends one node as a power cut would.</summary>
    public Task KillAsync(int node) => EndAsync(node, process => process.KillAsync());

    /// <summary>The certified checkpoint that a node serves now.</summary>
    public Task<byte[]> CheckpointAsync(int node) => _http.GetByteArrayAsync(new Uri(Urls[node], "checkpoint"), stage.Cancellation);

    /// <summary>The largest resident memory of any running node, in bytes.</summary>
    public long PeakMemory() => _running.Max(process => process?.PeakMemory() ?? 0);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(StopAsync));
        _http.Dispose();
    }

    private void Launch(int node) =>
        _running[node] = ChildProgram.Start(ChildProgram.RepoNode, ["run", "--data", DataOf(node), "--trust-root", TrustRoot]);

    private async Task ReadyAsync(int node)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stage.Cancellation);
        deadline.CancelAfter(StartUp);
        while (!await IsReadyAsync(node))
        {
            stage.Cancellation.ThrowIfCancellationRequested();
            if (_running[node]!.HasExited) throw new ActFailed($"{NameOf(node)} ended at its start: {_running[node]!.Output}");
            if (deadline.IsCancellationRequested)
                throw new ActFailed($"{NameOf(node)} did not serve and sign within {StartUp.TotalSeconds:0} s: {_running[node]!.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), stage.Cancellation);
        }
    }

    private async Task<bool> IsReadyAsync(int node)
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri(Urls[node], "checkpoint"), stage.Cancellation);
            if (answer.StatusCode != HttpStatusCode.OK) return false;

            // Before its peers have confirmed its journal, a node serves but signs nothing.
            string health = await _http.GetStringAsync(new Uri(Urls[node], "healthz"), stage.Cancellation);
            return !health.Contains("\"boot-check\"", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stage.Cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task EndAsync(int node, Func<ChildProgram, Task> end)
    {
        if (_running[node] is not { } process) return;

        await end(process);
        await process.DisposeAsync();
        _running[node] = null;
    }

    // All are held at once, so that no port is handed out twice; the nodes bind them a moment later.
    private static int[] FreePorts(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in held) listener.Start();
        int[] ports = [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in held) listener.Dispose();
        return ports;
    }
}
