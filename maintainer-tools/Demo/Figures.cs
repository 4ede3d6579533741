namespace SupplyChain.MaintainerTools.Demo;

/// <summary>What the closing table shows.</summary>
/// <param name="Ceremony">From nothing to five stored shares.</param>
/// <param name="PublishToCertified">From handing in the release and its promotion to a quorum's attestations of both.</param>
/// <param name="CheckBytes">Bodies received by a check that finds nothing new.</param>
/// <param name="CheckRequests">Round trips it took.</param>
/// <param name="CheckTime">How long that check took.</param>
/// <param name="DownloadRate">Bytes per second, every piece checked.</param>
/// <param name="NodeMemory">Largest resident memory of a node, in bytes.</param>
internal sealed record Figures(
    TimeSpan Ceremony = default,
    TimeSpan PublishToCertified = default,
    long CheckBytes = 0,
    long CheckRequests = 0,
    TimeSpan CheckTime = default,
    double DownloadRate = 0,
    long NodeMemory = 0);
