using System.Text.Json;
using SupplyChain.MaintainerTools.Demo;
using SupplyChain.Tests.Kit;

namespace SupplyChain.EndToEnd.Tests;

/// <summary>
/// One run of <c>share demo --keep-running</c> for all tests of the class: its network stays up for them, and it is ended
/// with Ctrl-C's signal when they ask how it went.
/// </summary>
public sealed class RunningDemo : IAsyncLifetime
{
    private const int PayloadSize = 20_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private MachineLock? _machine;
    private ChildProgram? _demo;
    private DirectoryInfo? _folder;

    /// <summary>The demo's own folder.</summary>
    public string Folder => Path.Combine(_folder!.FullName, "demo");

    public string Policy => Path.Combine(Folder, "tlog-policy");

    public string TrustRoot => Path.Combine(Folder, "trust-root.json");

    /// <summary>Where the nodes answer.</summary>
    public IReadOnlyList<Uri> Nodes { get; private set; } = [];

    public async Task InitializeAsync()
    {
        _machine = await MachineLock.TakeAsync();
        _folder = Directory.CreateTempSubdirectory("supplychain-end-to-end-");
        string payload = Path.Combine(_folder.FullName, "linux-image-6.1.0-0-test_6.1.0-1_amd64.deb");
        await File.WriteAllBytesAsync(payload, Noise(PayloadSize));

        _demo = ChildProgram.Start(ChildProgram.Share, ["demo", "--dir", Folder, "--payload", payload, "--keep-running", "--json"]);
        DateTime deadline = DateTime.UtcNow + Patience;
        while (!_demo.Output.Contains("The network is up", StringComparison.Ordinal))
        {
            if (_demo.HasExited || DateTime.UtcNow > deadline) throw new InvalidOperationException($"the demo did not go through: {_demo.Output}");
            await Task.Delay(200);
        }
        Nodes = [.. _demo.Output.Split('\n').Where(line => line.StartsWith("node ", StringComparison.Ordinal)).Select(line => new Uri(line.Split(' ')[^1]))];
    }

    /// <summary>Ends the demo as Ctrl-C would.</summary>
    /// <returns>Its exit code and the JSON object it printed.</returns>
    internal async Task<(int ExitCode, JsonElement Said)> EndAsync()
    {
        ChildResult result = await _demo!.InterruptAsync();
        using JsonDocument document = JsonDocument.Parse(result.Output);
        return (result.ExitCode, document.RootElement.Clone());
    }

    public async Task DisposeAsync()
    {
        if (_demo is not null)
        {
            if (!_demo.HasExited) await _demo.InterruptAsync();
            await _demo.DisposeAsync();
        }
        _folder?.Delete(recursive: true);
        _machine?.Dispose();
    }

    // Not compressible and not repeating, so that a piece in the wrong place is a wrong piece.
    private static byte[] Noise(int size)
    {
        byte[] bytes = new byte[size];
        new Random(20261124).NextBytes(bytes);
        return bytes;
    }
}
