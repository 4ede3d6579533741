using System.Threading.Channels;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Operations.Fetching;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Joining;

/// <summary>
/// The artifacts of the final releases: what this disk lacks of them is fetched from the peers, a few at a time. So a
/// node that lost its artifacts, or never had them, comes to serve all of them.
/// </summary>
internal sealed class Holdings(ArtifactStore store, ArtifactFetcher fetcher)
{
    private const int AtOnce = 2;

    private readonly Channel<Artifact> _missing = Channel.CreateUnbounded<Artifact>();
    private readonly Lock _lock = new();
    private readonly HashSet<Digest> _noted = [];
    private readonly List<Artifact> _coming = [];
    private long _complete;
    private long _needed;

    /// <summary>Bytes that this disk lacked and has got, and that it lacked in all, since the process started.</summary>
    public (long Held, long Needed) Bytes
    {
        get
        {
            lock (_lock) return (_complete + _coming.Sum(artifact => store.BytesHeld(artifact.Sha256)), _needed);
        }
    }

    /// <summary>Artifacts of a final block.</summary>
    public void Note(IEnumerable<Artifact> artifacts)
    {
        lock (_lock)
        {
            foreach (var artifact in artifacts)
            {
                if (!_noted.Add(artifact.Sha256) || store.Find(artifact.Sha256) is not null) continue;

                _needed += (long)artifact.Size;
                _missing.Writer.TryWrite(artifact);
            }
        }
    }

    /// <summary>Whether a final release names them.</summary>
    public bool AreNeeded(Digest sha256)
    {
        lock (_lock) return _noted.Contains(sha256);
    }

    /// <summary>Fetches until <paramref name="stop"/>.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => FetchAsync(stop)));

    private async Task FetchAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var artifact in _missing.Reader.ReadAllAsync(stop))
            {
                lock (_lock) _coming.Add(artifact);
                await fetcher.HoldAsync(artifact, stop);
                lock (_lock)
                {
                    _coming.Remove(artifact);
                    _complete += (long)artifact.Size;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
