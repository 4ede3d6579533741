using SupplyChain.Tests.Kit;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.EndToEnd.Tests;

/// <summary>Four real nodes that something is done to, and a look at all they ever certified.</summary>
public abstract class SurvivalTest : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("supplychain-nodes-");
    private MachineLock? _machine;
    private NodeProcesses? _network;
    private WatchedLog? _log;
    private ReleaseStream? _releases;

    protected string Folder => _folder.FullName;

    private protected NodeProcesses Network => _network!;

    private protected WatchedLog Log => _log!;

    private protected ReleaseStream Releases => _releases!;

    public async Task InitializeAsync()
    {
        _machine = await MachineLock.TakeAsync();
        await PrepareAsync();
        _network = await NodeProcesses.CreateAsync(_folder.FullName);
        _log = new WatchedLog(_network);
        _releases = new ReleaseStream(_network);
        await _network.StartAllAsync();
    }

    public async Task DisposeAsync()
    {
        if (_network is not null) await _network.DisposeAsync();
        await CleanUpAsync();
        _folder.Delete(recursive: true);
        _machine?.Dispose();
    }

    /// <summary>Before the nodes' folders are made.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>After the nodes have ended.</summary>
    protected virtual Task CleanUpAsync() => Task.CompletedTask;
}
