using SupplyChain.RepoNode.Core.Consensus.Pace;

namespace SupplyChain.RepoNode.Operations.Intake;

/// <summary>The two clocks of this machine: one that counts on whatever the other is set to, and the world's time.</summary>
internal sealed class HostClocks(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly DateTimeOffset _origin = time.GetUtcNow();

    /// <summary>Since the process began to count.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public DateTimeOffset Steady => _origin + Elapsed;

    public long UnixSeconds => time.GetUtcNow().ToUnixTimeSeconds();

    public Moment Now => new(Steady, time.GetUtcNow());
}
