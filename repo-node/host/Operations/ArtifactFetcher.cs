using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using SupplyChain.Protocol.Artifacts;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// Gets artifacts that others have, from any node that serves them: first the verity tree, which the release's fsverity
/// digest checks, then pieces, each checked by the tree before it is kept. Goes on until the artifact is whole, whatever
/// the world does meanwhile.
/// </summary>
internal sealed class ArtifactFetcher : IDisposable
{
    private const int PiecesAtOnce = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<Artifact, Task<bool>> _underWay = new();
    private readonly ArtifactStore _artifacts;
    private readonly Uri[] _sources;
    private readonly TimeProvider _time;
    private readonly ILogger<ArtifactFetcher> _log;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = Deadline,
    };

    public ArtifactFetcher(
        ArtifactStore artifacts, IEnumerable<NodeIdentity> sources, TimeProvider time, ILogger<ArtifactFetcher> log)
    {
        _artifacts = artifacts;
        _sources = [.. sources.Select(node => new Uri(node.Url))];
        _time = time;
        _log = log;
    }

    /// <summary>
    /// Completes when the artifact is whole on this node's own disk. Asking again joins the fetch under way.
    /// </summary>
    /// <returns>False when no bytes can be what is stated: those of this SHA-256 are here, and differ.</returns>
    public Task<bool> HoldAsync(Artifact artifact, CancellationToken stop) =>
        _underWay.GetOrAdd(artifact, wanted => FetchAsync(wanted, stop));

    public void Dispose() => _client.Dispose();

    private async Task<bool> FetchAsync(Artifact artifact, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            if (_artifacts.Find(artifact.Sha256) is not null) return _artifacts.Holds(artifact);

            await FetchUntilWholeAsync(artifact, stop);
            _log.LogInformation("Fetched artifact {Sha256}, {Size} bytes", artifact.Sha256, artifact.Size);
            return _artifacts.Holds(artifact);
        }
        finally
        {
            // Also when it failed: whoever asks again must not be given the failure of an earlier attempt.
            _underWay.TryRemove(artifact, out _);
        }
    }

    private async Task FetchUntilWholeAsync(Artifact artifact, CancellationToken stop)
    {
        var pause = FirstPause;
        for (int turn = Random.Shared.Next(_sources.Length); ; turn++)
        {
            try
            {
                if (await TryFetchAsync(artifact, turn, stop)) return;
            }
            catch (Exception failure) when (IsOfTheWorld(failure, stop))
            {
                _log.LogWarning("Could not fetch artifact {Sha256}: {Reason}", artifact.Sha256, failure.Message);
            }

            await Task.Delay(pause, _time, stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<bool> TryFetchAsync(Artifact artifact, int turn, CancellationToken stop)
    {
        if (_artifacts.Find(artifact.Sha256) is not null) return true;

        using var writer = _artifacts.TryWrite(artifact.Sha256);
        if (writer is null) return false;
        if (await FetchTreeAsync(artifact, SourceOf(turn), stop) is not { } tree) return false;

        // What lies here may be the rest of an upload that broke off, checked by nobody: whole pieces are not kept
        // unchecked.
        if (writer.Held > 0) writer.Truncate();
        await FetchPiecesAsync(artifact, tree, writer, turn, stop);
        return writer.TryComplete();
    }

    // Pieces come from different nodes at the same time and are kept in their order.
    private async Task FetchPiecesAsync(
        Artifact artifact, VerityTree tree, ArtifactWriter writer, int turn, CancellationToken stop)
    {
        var coming = new Queue<Task<byte[]>>();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            for (int next = 0; next < tree.PieceCount || coming.Count > 0;)
            {
                while (coming.Count < PiecesAtOnce && next < tree.PieceCount)
                    coming.Enqueue(FetchPieceAsync(artifact, tree, next++, turn, given.Token));

                await writer.AppendAsync(await coming.Dequeue(), stop);
            }
        }
        finally
        {
            await given.CancelAsync();
            await ((Task)Task.WhenAll(coming)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<byte[]> FetchPieceAsync(
        Artifact artifact, VerityTree tree, int piece, int turn, CancellationToken stop)
    {
        for (int attempt = 0; attempt < _sources.Length; attempt++)
        {
            long offset = (long)piece * VerityTree.PieceSize;
            byte[]? bytes = await TryGetAsync(
                SourceOf(turn + piece + attempt), PathOf(artifact), offset, tree.PieceLength(piece), stop);
            if (bytes is not null && tree.VerifyPiece(piece, bytes)) return bytes;
        }

        throw new IOException($"no node gives piece {piece}");
    }

    private async Task<VerityTree?> FetchTreeAsync(Artifact artifact, Uri source, CancellationToken stop)
    {
        int length = VerityTree.LengthOf((long)artifact.Size);
        byte[]? bytes = length == 0 ? [] : await TryGetAsync(source, $"{PathOf(artifact)}/tree", 0, length, stop);
        if (bytes is null) return null;

        return VerityTree.TryRead(bytes, (long)artifact.Size, artifact.FsVerity, out var tree) ? tree : null;
    }

    /// <returns>Null when the source does not have exactly these bytes.</returns>
    private async Task<byte[]?> TryGetAsync(Uri source, string path, long offset, int length, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(source, path));
        request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        // The client's own time limit ends at the headers; a source may stall after them.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Deadline);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode != HttpStatusCode.PartialContent) return null;
            if (response.Content.Headers.ContentLength != length) return null;

            byte[] bytes = new byte[length];
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            await body.ReadExactlyAsync(bytes, limit.Token);
            return bytes;
        }
        catch (Exception failure) when (IsOfTheWorld(failure, stop))
        {
            return null;
        }
    }

    private Uri SourceOf(int turn) => _sources[turn % _sources.Length];

    private static string PathOf(Artifact artifact) => $"/artifact/sha256/{artifact.Sha256}";

    private static bool IsOfTheWorld(Exception failure, CancellationToken stop) =>
        failure is HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException
        && !stop.IsCancellationRequested;
}
