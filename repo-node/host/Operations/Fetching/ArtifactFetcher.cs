using System.Collections.Concurrent;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Fetching;

/// <summary>
/// Gets artifacts that others have, from any node that serves them, and goes on until they are whole, whatever the world
/// does meanwhile. A few at a time; one that makes no progress makes room for others while it waits.
/// </summary>
internal sealed class ArtifactFetcher : IDisposable
{
    private const int AtOnce = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<Artifact, Lazy<Task<bool>>> _underWay = new();
    private readonly SemaphoreSlim _room = new(AtOnce);
    private readonly ArtifactStore _artifacts;
    private readonly Sources _sources;
    private readonly RangeClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger<ArtifactFetcher> _log;

    public ArtifactFetcher(
        ArtifactStore artifacts, IEnumerable<NodeIdentity> sources, TimeProvider time, ILogger<ArtifactFetcher> log)
    {
        _artifacts = artifacts;
        _sources = new Sources(sources.Select(node => new Uri(node.Url)), time);
        _client = new RangeClient(time);
        _time = time;
        _log = log;
    }

    /// <summary>
    /// Completes when the artifact is whole on this node's own disk. Asking again joins the fetch under way.
    /// </summary>
    /// <returns>False when no bytes can be what is stated: those of this SHA-256 are here, and differ.</returns>
    public Task<bool> HoldAsync(Artifact artifact, CancellationToken stop) =>
        _underWay.GetOrAdd(artifact, wanted => new Lazy<Task<bool>>(() => FetchAsync(wanted, stop))).Value;

    public void Dispose()
    {
        _client.Dispose();
        _room.Dispose();
    }

    private async Task<bool> FetchAsync(Artifact artifact, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            return await FetchUntilWholeAsync(new ArtifactFetch(artifact, _artifacts, _sources, _client), stop);
        }
        finally
        {
            // Also when it failed: whoever asks again must not be given the failure of an earlier attempt.
            _underWay.TryRemove(artifact, out _);
        }
    }

    private async Task<bool> FetchUntilWholeAsync(ArtifactFetch fetch, CancellationToken stop)
    {
        var artifact = fetch.Artifact;
        for (var pause = FirstPause; ;)
        {
            int before = fetch.Verified;
            try
            {
                if (_artifacts.Find(artifact.Sha256) is not null) return _artifacts.Holds(artifact);
                if (await TryAsync(fetch, stop)) continue;
            }
            catch (Exception failure) when (IsOfTheDisk(failure) && !stop.IsCancellationRequested)
            {
                _log.LogError(
                    failure, "Artifact {Sha256} cannot be kept: {Reason} {Advice} It is tried again.",
                    artifact.Sha256, failure.Message, AdviceFor(failure));
            }

            if (fetch.Verified > before) pause = FirstPause;
            await Task.Delay(pause, _time, stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<bool> TryAsync(ArtifactFetch fetch, CancellationToken stop)
    {
        await _room.WaitAsync(stop);
        try
        {
            if (!await fetch.TryAsync(stop)) return false;
        }
        finally
        {
            _room.Release();
        }

        _log.LogInformation("Fetched artifact {Sha256}, {Size} bytes", fetch.Artifact.Sha256, fetch.Artifact.Size);
        return true;
    }

    // What the network does is the business of the sources; this is the node's own.
    private static bool IsOfTheDisk(Exception failure) => failure is IOException or UnauthorizedAccessException;

    private static string AdviceFor(Exception failure) => failure switch
    {
        IOException full when FileSync.IsDiskFull(full) => "The disk is full: make room.",
        UnauthorizedAccessException => "Let the node's user own its folder.",
        _ => "Check the disk, and that the folder is there.",
    };
}
