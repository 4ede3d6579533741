using Microsoft.Data.Sqlite;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Uploads;

/// <summary>
/// Forgets uploads that no statement took up in time, and charges nobody any more for those that a final release names.
/// Nothing is forgotten while the node does not know what is final, nor what a statement that waits here names.
/// </summary>
internal sealed class UploadCleanup(
    UploadQuota quota, ArtifactStore artifacts, Holdings holdings, NodeDatabase database, Func<Progress> progress,
    TimeProvider time, ILogger<UploadCleanup> log)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(10);

    /// <summary>Cleans up now and then until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) Attempt();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>Once.</summary>
    public void Run()
    {
        if (progress() is not { MaySign: true, IsCatchingUp: false }) return;

        var oldest = time.GetUtcNow() - quota.Limits.Keep;
        var awaited = Awaited();
        foreach (var upload in quota.Charged.GroupBy(upload => upload.Sha256))
        {
            if (holdings.AreNeeded(upload.Key)) quota.Forget(upload.Key);
            else if (!awaited.Contains(upload.Key) && upload.All(charged => charged.Time <= oldest.ToUnixTimeSeconds()))
                Forget(upload.Key, oldest);
        }
    }

    private void Attempt()
    {
        try
        {
            Run();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SqliteException)
        {
            log.LogError(
                failure, "Old uploads could not be cleaned up: {Reason} Check the disk; it is tried again.", failure.Message);
        }
    }

    private void Forget(Digest sha256, DateTimeOffset oldest)
    {
        if (!artifacts.TryForget(sha256, untouchedSince: oldest)) return;

        quota.Forget(sha256);
        log.LogInformation("Forgot the upload of {Sha256}, which no statement took up", sha256);
    }

    private HashSet<Digest> Awaited() => [.. database.PendingSubmissions().SelectMany(ArtifactsOf)];

    private static IEnumerable<Digest> ArtifactsOf(StoredSubmission pending)
    {
        Invariant.Holds(Envelope.TryRead(pending.Envelope, out var envelope), "a stored submission is an envelope");
        return Statement.TryRead(envelope, out var statement) && statement is Release release
            ? release.Artifacts.Select(artifact => artifact.Sha256)
            : [];
    }
}
