using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Policy;

namespace SupplyChain.UpdaterAgent.Core;

public enum UpdateGoal
{
    /// <summary>Say what the channel offers.</summary>
    Check,

    /// <summary>Bring the machine to what the channel offers.</summary>
    Install,
}

/// <summary>Everything that one run of <see cref="UpdateMachine"/> starts from.</summary>
public sealed record UpdateTask
{
    public required UpdateGoal Goal { get; init; }

    public required TrustRoot Root { get; init; }

    /// <summary>What was trusted before (docs/protocol.md §7 step 1).</summary>
    public required TrustedState State { get; init; }

    public required string Product { get; init; }

    public required string Channel { get; init; }

    public required Situation Situation { get; init; }

    /// <summary>All nodes in the order in which they are tried: drawn by the caller, whose randomness it is.</summary>
    public required IReadOnlyList<int> Order { get; init; }

    /// <summary>Signatures that earlier runs of this process found valid; none unless given.</summary>
    public KnownSignatures? Known { get; init; }

    /// <summary>Ask a quorum for the time first, however sure this machine is of it.</summary>
    public bool ConfirmTime { get; init; }

    /// <summary>Nodes that evidence convicts: they are not asked.</summary>
    public IReadOnlyCollection<int> Convicted { get; init; } = [];

    /// <summary>The bundle of the last complete check, so that an unchanged checkpoint needs no other answer. It is verified again.</summary>
    public UpdateProof? LastProof { get; init; }
}
