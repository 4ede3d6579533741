namespace SupplyChain.RepoNode.Core.Consensus.Pace;

/// <summary>
/// How often a peer may ask or submit: <see cref="Bounds.RequestsPerRetry"/> times in one <see cref="Bounds.Retry"/>.
/// </summary>
internal sealed class Allowance(int nodes)
{
    private readonly int[] _used = new int[nodes];
    private DateTimeOffset _since;

    public bool Take(byte peer, DateTimeOffset now)
    {
        if (now >= _since + Bounds.Retry)
        {
            Array.Clear(_used);
            _since = now;
        }

        return _used[peer]++ < Bounds.RequestsPerRetry;
    }
}
