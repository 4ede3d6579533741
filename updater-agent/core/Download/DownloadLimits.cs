namespace SupplyChain.UpdaterAgent.Core.Download;

/// <summary>How long a node may take and how often it may fail before another one gets its pieces.</summary>
public sealed record DownloadLimits
{
    public static DownloadLimits Default { get; } = new();

    /// <summary>No byte for this long: the piece goes to another node.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The minimum rate counts from here on, so that a slow start is not a fault.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bytes per second of one piece, averaged over its request.</summary>
    public long MinimumRate { get; init; } = 16 * 1024;

    /// <summary>A verity tree that came slower than the minimum rate for this long: the next node is asked for it too.</summary>
    public TimeSpan TreePatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Nothing left to start and a piece in flight for this long: one idle node asks for it too.</summary>
    public TimeSpan HedgeAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Requests in flight at one node.</summary>
    public int PerNode { get; init; } = 3;

    /// <summary>Failures in a row after which a node is not asked again in this download.</summary>
    public int FailuresPerNode { get; init; } = 4;

    /// <summary>Pause after a node's first failure; doubles with each one in a row.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromMilliseconds(500);
}
