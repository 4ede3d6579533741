using System.Security.Cryptography;
using Serilog.Extensions.Logging;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Api;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Operations.Fetching;
using SupplyChain.RepoNode.Operations.Intake;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Operations.Uploads;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// A whole node: its parts put together, started, and stopped. The caller holds the <see cref="NodeLock"/>.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    private const ulong Epoch = 1;

    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly NodeDatabase _database;
    private readonly SigningJournal _journal;
    private readonly SerilogLoggerFactory _logs;
    private readonly PeerSet _peers;
    private readonly PeerNetwork _network;
    private readonly ArtifactFetcher _fetcher;
    private readonly NodeLoop _loop;
    private readonly Holdings _holdings;
    private readonly UploadCleanup _cleanup;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private Exception? _failure;

    /// <exception cref="JournalDamagedException">The node must not sign anything any more.</exception>
    public Node(
        NodeFiles files, NodeKeys keys, FirstRoot root, int self, ListenAddresses addresses,
        UploadLimits uploads, TimeProvider time, Serilog.ILogger log)
    {
        _logs = new SerilogLoggerFactory(log, dispose: true);
        var records = new List<JournalRecord>();
        var clocks = new HostClocks(time);
        _journal = SigningJournal.Open(files.Journal, frame => records.Add(Read(frame)));
        _database = new NodeDatabase(files.Database);
        _peers = new PeerSet(root.Root.Origin, Epoch, root.Root.Nodes, self, keys.Transport);
        _network = new PeerNetwork(_peers, time, Log<PeerNetwork>());

        var tiles = new TileStore(files);
        var artifacts = new ArtifactStore(files.Artifacts);
        var chain = new FinalChain(root, _database, tiles);
        var last = records.OfType<JournalRecord.CosignedCheckpoint>().LastOrDefault();
        var evidence = new EvidenceStore(files, root.Root);
        var updates = new RootUpdates(files, tiles);
        var watch = new ClockWatch(clocks, root.Root.Quorum, _peers, _network, Log<ClockWatch>());
        var cosigning = new Cosigning(
            root, _peers, keys, chain, updates, _journal, _database, evidence, tiles, _network, clocks, watch,
            Log<Cosigning>(), last);
        var others = _peers.Others.Select(node => root.Root.Nodes[node]);
        _fetcher = new ArtifactFetcher(artifacts, others, time, Log<ArtifactFetcher>());
        _holdings = new Holdings(artifacts, _fetcher);
        chain.Restore(final =>
        {
            cosigning.Extend(final);
            _holdings.Note(final.Executed.Artifacts);
        });
        if (_database.LoadCheckpoint() is { } note) cosigning.Resume(note);

        var replica = Replica.Restore(new Committee(root.Root), keys.Vote, chain.Tip, records, silent: true);
        Compact(replica.Retained(), last, records.Count);
        var admission = Admission(files, root.Root, replica, last);
        var state = new NodeState(new NodeSnapshot(
            replica.View, replica.Pending, chain.Tip, cosigning.Certified, cosigning.Cosigned,
            admission.ProgressAt(chain.Tip.Header.Height), watch.Peers));
        var nonces = new NonceBatches(new NonceSigner(root.Root.Origin, keys.Attestation), state, clocks, time);
        var banishment = new Banishment(time);
        _loop = new NodeLoop(
            replica, chain, cosigning, admission, _journal, _database, _fetcher, _network, banishment, state, clocks,
            watch, time, Log<NodeLoop>());

        var quota = new UploadQuota(_database, _holdings, uploads, time);
        _cleanup = new UploadCleanup(quota, artifacts, _holdings, _database, () => state.Current.Progress, time, Log<UploadCleanup>());

        var builder = CreateBuilder(addresses);
        builder.Services
            .AddSingleton(root).AddSingleton(updates).AddSingleton(state).AddSingleton(clocks).AddSingleton(tiles).AddSingleton(artifacts)
            .AddSingleton(nonces).AddSingleton(evidence).AddSingleton(_database).AddSingleton(_peers).AddSingleton(_network)
            .AddSingleton(_loop).AddSingleton(banishment).AddSingleton(quota).AddSingleton(time)
            .AddSingleton<IPeerFrames>(_loop).AddSingleton<PeerListener>();
        builder.Services.AddNodeApi();
        _app = builder.Build();
        _app.MapNodeApi();
    }

    /// <summary>Returns once the node answers requests and lets peers in.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        await _app.StartAsync(stop);
        _running = RunAsync();
    }

    /// <summary>Returns when the process is told to end, or the node must not go on.</summary>
    /// <returns>Why it must not; null when it was told.</returns>
    public async Task<Exception?> WaitForEndAsync(CancellationToken stop)
    {
        await _app.WaitForShutdownAsync(stop);
        await _stop.CancelAsync();
        await _running;
        return _failure;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.StopAsync();
        await _running;
        await _app.DisposeAsync();
        _loop.Dispose();
        _fetcher.Dispose();
        _database.Dispose();
        _journal.Dispose();
        _logs.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var calling = Task.WhenAll(
            _network.RunAsync(_loop.OnConnected, _stop.Token), _holdings.RunAsync(_stop.Token),
            _cleanup.RunAsync(_stop.Token));
        try
        {
            // Not on the caller's thread: catching up may take a while.
            await Task.Run(() => _loop.RunAsync(_stop.Token));
        }
        catch (Exception failure)
        {
            // Whatever the node has not written down it must not say: nothing is tried again, and no half of it lives on.
            _failure = failure;
            Log<Node>().LogCritical(failure, "The node stops");
            await _stop.CancelAsync();
            _app.Lifetime.StopApplication();
        }

        await calling;
    }

    private Admission Admission(
        NodeFiles files, TrustRoot root, Replica replica, JournalRecord.CosignedCheckpoint? last)
    {
        ulong question = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var check = new BootCheck(root, replica.Self, replica.Journaled(), last, question);
        return new Admission(
            files, new BootQuestion(check, _peers, _network, Log<BootQuestion>()),
            new Testimony(files, root, _peers, Log<Testimony>()), _holdings, new PeerHeights(root.Quorum), Log<Admission>());
    }

    private WebApplicationBuilder CreateBuilder(ListenAddresses addresses)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerFactory>(_logs);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTime);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            RequestLimits.Apply(kestrel);
            kestrel.Listen(addresses.Http.EndPoint);
            kestrel.Listen(addresses.Peers.EndPoint, listen => PeerListener.Configure(listen, _peers));
        });
        return builder;
    }

    // The journal grows while the node runs, and starts small again: a restart needs little of what was.
    private void Compact(IReadOnlyList<JournalRecord> retained, JournalRecord.CosignedCheckpoint? last, int written)
    {
        JournalRecord[] needed = last is null ? [.. retained] : [.. retained, last];
        if (needed.Length < written)
            _journal.Rewrite(needed.Select(record => new JournalFrame(record.Type, record.ToBody())));
    }

    private ILogger<T> Log<T>() => _logs.CreateLogger<T>();

    private static JournalRecord Read(JournalFrame frame)
    {
        bool read = JournalRecord.TryRead(frame.Type, frame.Body.Span, out var record);
        Invariant.Holds(read && record is not null, "a sound frame of the journal holds a record");
        return record;
    }
}
