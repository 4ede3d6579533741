using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Machine;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Updating;

/// <summary>Everything outside of the program that commands act on; a test puts its own in the place of each.</summary>
internal sealed record World
{
    public required HttpClient Http { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The steady clock, and which start of the machine it counts from.</summary>
    public Func<(long Uptime, Digest Boot)> Steady { get; init; } = LocalClock.Read;

    public IDisk Disk { get; init; } = new LinuxDisk();

    public Random Random { get; init; } = Random.Shared;

    public Func<MachineFacts> Machine { get; init; } = LocalMachine.Read;

    /// <summary>What this process computed before and need not again: <c>run</c> looks at the same things for weeks.</summary>
    public KnownSignatures Signatures { get; } = new();

    /// <summary>As <see cref="Signatures"/>.</summary>
    public KnownRoot Root { get; } = new();

    public RunningKernel Kernel { get; init; } = RunningKernel.OfThisMachine;

    public TransportLimits Transport { get; init; } = TransportLimits.Default;

    public DownloadLimits Download { get; init; } = DownloadLimits.Default;

    /// <summary>All clocks now.</summary>
    public ClockReading ReadClocks()
    {
        var (uptime, boot) = Steady();
        return new ClockReading(Math.Max(0, Clock.GetUtcNow().ToUnixTimeSeconds()), uptime, boot);
    }
}
