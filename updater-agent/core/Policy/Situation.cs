using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Policy;

/// <summary>What a decision depends on besides what the network proves: this machine, and what was done on it before.</summary>
public sealed record Situation
{
    public required MachineFacts Machine { get; init; }

    /// <summary>The installed version; null if none is, or none that stands.</summary>
    public ReleaseVersion? Installed { get; init; }

    /// <summary>Versions that were rolled back here (docs/protocol.md §9).</summary>
    public IReadOnlyCollection<ReleaseVersion> Quarantined { get; init; } = [];

    /// <summary>Payload kinds that this agent installs.</summary>
    public IReadOnlyCollection<PayloadKind> Kinds { get; init; } = [PayloadKind.Tree];

    /// <summary>Where this machine stands in rollouts; null takes every release at once, as when a person asks for it.</summary>
    public uint? Cohort { get; init; }
}
