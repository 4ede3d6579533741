using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Installation.Health;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>
/// One way to put a payload on this machine. <see cref="Installer"/> calls it in this order and keeps the journal;
/// after a crash it may call a step again that was carried out before, so every step can be carried out twice.
/// </summary>
internal interface IPayloadKind
{
    PayloadKind Kind { get; }

    /// <summary>The machine works when nothing is current, so an operator may go back to nothing.</summary>
    bool WorksWithNothing { get; }

    /// <summary>What is current on this machine, as the machine itself shows it; null when nothing is.</summary>
    Placement? Active { get; }

    /// <summary>What the machine would go back to: what is current, or would be after its next boot; null when nothing is.</summary>
    Placement? Kept { get; }

    /// <summary>The machine was switched to this place, whether or not it is still whole.</summary>
    bool IsSwitchedTo(Placement placement);

    /// <summary>The place still holds exactly this, whole.</summary>
    bool Holds(Placement placement);

    /// <summary>The machine went down with it too often, by what <see cref="SettleAsync"/> counted.</summary>
    bool IsGivenUp(Placement placement);

    /// <summary>
    /// The first call after every start: counts what the machine went down with, and decides on what was made current outside
    /// of an installation, at boot or on an interrupted way back.
    /// </summary>
    /// <param name="undecided">What the journal is about to decide on, which is left to it; null where there is nothing.</param>
    /// <returns>What is not good and not current any more; null where there is nothing.</returns>
    Task<Condemned?> SettleAsync(Placement? undecided);

    /// <summary>Why this payload cannot be installed here, seen without changing anything; null if it can.</summary>
    InstallRefusal? Inspect(Payload payload);

    /// <summary>
    /// Puts the payload whole and durably where nothing runs it; <see cref="Active"/> stays. It may lie there already, as what
    /// is <see cref="Kept"/>.
    /// </summary>
    /// <exception cref="MissingLibraryException">A library that the payload's format needs is not there.</exception>
    bool TryStage(
        Payload payload,
        CancellationToken cancellation,
        [NotNullWhen(true)] out Placement? staged,
        [NotNullWhen(false)] out InstallRefusal? refusal);

    /// <summary>Makes a staged placement the current one; null when it is.</summary>
    Task<ActivationFailure?> ActivateAsync(Placement staged);

    /// <summary>Asks whether what was activated works.</summary>
    /// <exception cref="OperationCanceledException">The stop that was asked for ended the probe: nothing is decided.</exception>
    Task<HealthReport> ProbeAsync(Placement active, CancellationToken stop);

    /// <summary>What remains to be done once the new version is found healthy.</summary>
    Task ConfirmAsync(Placement active, Placement? replaced);

    /// <summary>
    /// Makes <paramref name="to"/> current again; where it is null, nothing is current afterwards. Where another agent has
    /// made something else current since, that stays.
    /// </summary>
    Task<WayBack> RollBackAsync(Placement failed, Placement? to);
}
