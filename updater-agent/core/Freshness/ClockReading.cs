using SupplyChain.Protocol;

namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>What the machine's own clocks say at one moment. The local clock may be years off; the steady one only counts.</summary>
/// <param name="Clock">The local clock, Unix seconds.</param>
/// <param name="Uptime">Seconds since the machine was started, sleep included.</param>
/// <param name="Boot"><c>H</c> of what names this start of the machine.</param>
public readonly record struct ClockReading(long Clock, long Uptime, Digest Boot);
