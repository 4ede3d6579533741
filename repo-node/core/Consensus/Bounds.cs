namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// The constants of docs/protocol.md §11 and every bound on what a peer can make a replica keep or do.
/// </summary>
public static class Bounds
{
    public const int MaxBlockEntries = 256;

    /// <summary>Bytes of all entries of a block together.</summary>
    public const int MaxBlockBytes = 4 << 20;

    /// <summary>Bytes of a peer frame, its type included.</summary>
    public const int MaxFrameSize = 16 << 20;

    /// <summary>Nullifications carried by one proposal.</summary>
    public const int MaxJustification = 4_096;

    /// <summary>Votes of views more than this behind the own view are forgotten; certificates are kept.</summary>
    public const ulong VoteWindow = 256;

    /// <summary>Certificates in one answer.</summary>
    public const int CertificatePage = 64;

    /// <summary>Blocks a host sends for one chain request.</summary>
    public const int ChainPage = 64;

    /// <summary>
    /// Bytes of blocks a host sends for one chain request: it stops after the block that passes this.
    /// </summary>
    public const int ChainPageBytes = 8 << 20;

    /// <summary>Blocks and bytes a replica buffers while it catches up.</summary>
    public const int MaxCatchUpBlocks = 1_024;

    public const long MaxCatchUpBytes = 64 << 20;

    /// <summary>Submissions that wait to be ordered, and how many of them one peer may have brought.</summary>
    public const int MaxPending = 1_024;

    public const int MaxPendingPerPeer = 256;

    /// <summary>Submissions sent again at once.</summary>
    public const int SubmissionsPerRetry = 16;

    /// <summary>Requests and submissions of one peer that are looked at in one <see cref="Retry"/>.</summary>
    public const int RequestsPerRetry = 64;

    /// <summary>Verified role signatures that are remembered.</summary>
    public const int RememberedSignatures = 4_096;

    /// <summary>Refused rotations that are remembered.</summary>
    public const int RememberedRefusals = 256;

    /// <summary>The first view timer, D0.</summary>
    public static TimeSpan FirstTimeout => TimeSpan.FromSeconds(2);

    public static TimeSpan LongestTimeout => TimeSpan.FromSeconds(60);

    public static TimeSpan Retry => TimeSpan.FromSeconds(1);

    /// <summary>How long one peer may take over a page of the chain before the next is asked.</summary>
    public static TimeSpan ChainPatience => TimeSpan.FromSeconds(5);

    /// <summary>Seconds by which a block's time may be ahead of a voter's clock.</summary>
    public const long SkewSeconds = 10;

    /// <summary>The view timer: D = min(60 s, 2 s · 1.3^k).</summary>
    /// <param name="viewsSinceFinal">k, views since the last finalisation.</param>
    public static TimeSpan Timeout(ulong viewsSinceFinal)
    {
        var timeout = FirstTimeout;
        for (ulong k = 0; k < viewsSinceFinal && timeout < LongestTimeout; k++) timeout = timeout * 13 / 10;
        return timeout < LongestTimeout ? timeout : LongestTimeout;
    }
}
