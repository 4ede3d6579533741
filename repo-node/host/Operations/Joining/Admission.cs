using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Joining;

/// <summary>
/// What a node does between its start and taking part: it has its journal confirmed, gets the blocks and artifacts it
/// lacks, and says how far it has come.
/// </summary>
internal sealed class Admission(
    NodeFiles files, BootQuestion boot, Testimony testimony, Holdings holdings, PeerHeights heights, ILogger<Admission> log)
{
    // Seconds between two lines about progress.
    private const int Pace = 5;

    private int _seconds;
    private bool _behind;

    public BootQuestion Boot => boot;

    public Testimony Testimony => testimony;

    public Holdings Holdings => holdings;

    public PeerHeights Heights => heights;

    /// <param name="height">Of the newest final block here.</param>
    public Progress ProgressAt(ulong height)
    {
        var (held, needed) = holdings.Bytes;
        return new Progress(boot.HasPassed, height, Math.Max(height, heights.Known), held, needed);
    }

    /// <summary>Asks again what was not answered, and tells the operator how it goes.</summary>
    public void SecondPassed(ulong height)
    {
        boot.AskAgain();
        var progress = ProgressAt(height);
        bool isTime = ++_seconds % Pace == 0;
        if (isTime && !progress.MaySign)
        {
            log.LogInformation(
                "Signs nothing yet: {Answers} of {Needed} peers confirmed its journal", boot.Answers, boot.Needed);
        }

        if (progress.IsCatchingUp && (isTime || !_behind))
        {
            log.LogInformation(
                "Catching up: block {Height} of {KnownHeight}, {Bytes} of {BytesNeeded} bytes of artifacts",
                progress.Height, progress.KnownHeight, progress.ArtifactBytes, progress.ArtifactBytesNeeded);
        }

        if (_behind && !progress.IsCatchingUp) log.LogInformation("Caught up at block {Height}", height);
        _behind = progress.IsCatchingUp;
    }

    /// <summary>The keys must never sign again.</summary>
    public RestoredSnapshotException Retire(string seen) => RestoredSnapshotException.Retire(files, seen);
}
