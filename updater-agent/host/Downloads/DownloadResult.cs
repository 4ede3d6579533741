using SupplyChain.UpdaterAgent.Core.Download;

namespace SupplyChain.UpdaterAgent.Downloads;

internal enum DownloadOutcome
{
    /// <summary>The artifact is here, right to its last byte.</summary>
    Whole,

    /// <summary>Pieces are missing and no node is left to ask.</summary>
    Incomplete,

    /// <summary>The bytes fit the signed fs-verity digest but not the signed SHA-256: the release contradicts itself.</summary>
    DigestsDisagree,
}

/// <summary>What a download came to.</summary>
/// <param name="Outcome">Whether it is here.</param>
/// <param name="Path">Of the artifact.</param>
/// <param name="Bytes">Artifact bytes kept from nodes in this run.</param>
/// <param name="Resumed">Bytes that were there from an earlier run.</param>
/// <param name="Lasted">From the first request to the last check.</param>
/// <param name="Conduct">What every node did.</param>
internal sealed record DownloadResult(
    DownloadOutcome Outcome, string Path, long Bytes, long Resumed, TimeSpan Lasted, IReadOnlyList<NodeConduct> Conduct);

/// <summary>How far a download is, for a progress bar.</summary>
internal interface IDownloadProgress
{
    void Report(long keptBytes, long totalBytes);
}
