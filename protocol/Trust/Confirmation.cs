namespace SupplyChain.Protocol.Trust;

/// <summary>
/// When a quorum of nodes last told this machine the time (docs/protocol.md §7 step 4), and where the machine's own two
/// clocks stood then. As long as it has not been started again, the steady one tells the network's time from there.
/// </summary>
/// <param name="Boot"><c>H</c> of what names this start of the machine.</param>
/// <param name="Uptime">Seconds since that start, sleep included.</param>
/// <param name="Clock">The local clock, Unix seconds, right or wrong.</param>
/// <param name="Time">The network's time, Unix seconds.</param>
public sealed record Confirmation(Digest Boot, long Uptime, long Clock, long Time);
