using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Pace;

/// <summary>
/// When to give up on a view and when to say everything again. Views run on demand: without work nothing is armed, and
/// an idle network is silent.
/// </summary>
internal sealed class Pacemaker(byte self, int nodes, int quorum)
{
    private readonly HashSet<byte> _heard = [];
    private DateTimeOffset? _armedAt;
    private DateTimeOffset? _retryAt;
    private ulong _retries;

    /// <summary>Peers that said anything since the view's timer runs.</summary>
    public void Heard(byte peer)
    {
        if (_armedAt is not null) _heard.Add(peer);
    }

    /// <summary>A new view begins: its timer starts with the next <see cref="Arm"/>.</summary>
    public void EnterView() => StopView();

    /// <summary>Starts the view's timer, unless it runs.</summary>
    public void Arm(DateTimeOffset now) => _armedAt ??= now;

    /// <summary>
    /// Whether the view's timer has run long enough for what was on its way when it started. Before the leader is given
    /// up.
    /// </summary>
    public bool HasWaited(DateTimeOffset now) => now >= _armedAt + Bounds.Retry / 2;

    public void StopView()
    {
        _armedAt = null;
        _heard.Clear();
    }

    /// <summary>Starts the retry timer, unless it runs.</summary>
    public void KeepRetrying(DateTimeOffset now) => _retryAt ??= NextRetry(now);

    public void StopRetrying() => _retryAt = null;

    /// <summary>Whether everything is to be said again now.</summary>
    public bool TakeRetry(DateTimeOffset now)
    {
        if (_retryAt is null || now < _retryAt) return false;

        _retryAt = NextRetry(now);
        return true;
    }

    /// <summary>Whether the view has had its time, or its leader is silent while a quorum is active.</summary>
    public bool GivesUp(byte leader, ulong viewsSinceFinal, DateTimeOffset now)
    {
        if (_armedAt is not { } armed) return false;
        if (now >= armed + Bounds.Timeout(viewsSinceFinal)) return true;

        bool silent = leader != self && !_heard.Contains(leader) && _heard.Count + 1 >= quorum;
        return silent && now >= armed + Bounds.FirstTimeout;
    }

    /// <summary>When to be woken next, or null when nothing is armed.</summary>
    /// <param name="viewOpen">Whether the view's timer can still change anything.</param>
    /// <param name="viewsSinceFinal">k, views since the last finalisation.</param>
    /// <param name="now">Times that have passed wake nobody.</param>
    public DateTimeOffset? NextWake(bool viewOpen, ulong viewsSinceFinal, DateTimeOffset now)
    {
        var wakes = new List<DateTimeOffset>();
        if (_retryAt is { } retry) wakes.Add(retry);
        if (_armedAt is { } armed && viewOpen)
        {
            wakes.Add(armed + Bounds.FirstTimeout);
            wakes.Add(armed + Bounds.Timeout(viewsSinceFinal));
        }

        return wakes.Where(wake => wake > now).Cast<DateTimeOffset?>().Min();
    }

    // Spreads the nodes' retries over a quarter of a second, the same way in every run.
    private DateTimeOffset NextRetry(DateTimeOffset now)
    {
        var spread = Digest.Of(new ByteWriter().U8(self).U8((byte)nodes).U64(_retries++).WrittenSpan);
        return now + Bounds.Retry + TimeSpan.FromMilliseconds(spread.AsSpan()[0]);
    }
}
