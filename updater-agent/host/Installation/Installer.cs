using System.Collections.Immutable;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>
/// Installs payloads of one kind and keeps the journal <c>install.json</c> (docs/protocol.md §9), so that a crash at
/// any instant leaves the old or the new version current, and the next start knows which and goes on from there.
/// The caller holds the state directory's lock. Disk errors are <see cref="IOException"/>s; after one, what was current
/// still is, or <see cref="RecoverAsync"/> decides.
/// </summary>
internal sealed class Installer
{
    private readonly IPayloadKind _kind;
    private readonly IDisk _disk;
    private readonly string _journalFile;
    private InstallJournal _journal;
    private bool _recovered;

    /// <exception cref="DamagedJournalException">The journal is there and cannot be read.</exception>
    public Installer(string stateDirectory, IPayloadKind kind, IDisk? disk = null)
    {
        _kind = kind;
        _disk = disk ?? new LinuxDisk();
        _journalFile = Path.Combine(Path.GetFullPath(stateDirectory), "install.json");
        _journal = ReadJournal();
    }

    /// <summary>What is current, as the machine shows it; unconfirmed while <see cref="Step"/> is switched.</summary>
    public InstalledRelease? Installed => _kind.Active?.Release;

    /// <summary>What an operator's <see cref="RollBack"/> would go back to.</summary>
    public InstalledRelease? Fallback => FallbackPlacement?.Release;

    /// <summary>How far the latest installation went.</summary>
    public InstallStep? Step => _journal.Latest?.Step;

    public ImmutableArray<QuarantinedVersion> Quarantined => _journal.Quarantine.Versions;

    public bool IsQuarantined(string product, ReleaseVersion version) => _journal.Quarantine.Contains(product, version);

    /// <summary>
    /// Brings what a crash interrupted to its end: called once before anything else. Null when nothing was left to
    /// decide.
    /// </summary>
    /// <exception cref="OperationCanceledException">As of <see cref="InstallAsync"/> after the switch.</exception>
    public async Task<InstallOutcome?> RecoverAsync(CancellationToken stop)
    {
        InstallOutcome? outcome = null;
        if (_journal.Latest is { } latest)
        {
            switch (latest.Step)
            {
                case InstallStep.Staged:
                    break;
                case InstallStep.Switched when !_kind.IsSwitchedTo(latest.New):
                    // It may have been revoked since: only a new decision of everyone makes it current.
                    Save(_journal.Unswitch());
                    break;
                case InstallStep.Switched:
                    outcome = _kind.Holds(latest.New)
                        ? await ActivateAndProbeAsync(latest.New, stop)
                        : GoBack(new(InstallRefusalReason.Unhealthy, "it is no longer whole in its place"));
                    break;
                case InstallStep.Confirmed:
                    _kind.Confirm(latest.New);
                    break;
                case InstallStep.RolledBack:
                    _kind.RollBack(latest.New, latest.Old);
                    break;
                default:
                    throw new InvalidOperationException($"Unknown step {latest.Step}.");
            }
        }

        _recovered = true;
        return outcome;
    }

    /// <param name="payload">Verified and downloaded.</param>
    /// <param name="stop">Ends it before the switch; after that the health of what is current is found out first.</param>
    /// <exception cref="OperationCanceledException">
    /// Before the switch nothing was changed. After it the stop ended the health command: the next start asks again.
    /// </exception>
    /// <exception cref="MissingLibraryException">A library that the payload's format needs is not there.</exception>
    public async Task<InstallOutcome> InstallAsync(Payload payload, CancellationToken stop)
    {
        ThrowIfNotRecovered();
        if (Inspect(payload) is { } refusal) return new InstallOutcome.Refused(refusal);
        if (!_kind.TryStage(payload, stop, out var staged, out refusal))
            return new InstallOutcome.Refused(refusal);

        Save(_journal.Stage(staged, _kind.Active));
        stop.ThrowIfCancellationRequested();
        Save(_journal.Switch());
        return await ActivateAndProbeAsync(staged, stop);
    }

    /// <summary>
    /// Goes back, on the operator's request, to what the current version replaced, and quarantines the latter.
    /// </summary>
    public InstallOutcome RollBack(string reason)
    {
        ThrowIfNotRecovered();
        return FallbackPlacement is null
            ? new InstallOutcome.Refused(new(
                InstallRefusalReason.NothingToRollBackTo, "no earlier version is whole on this machine"))
            : GoBack(new(InstallRefusalReason.OperatorRequest, reason));
    }

    /// <summary>Why this payload cannot be installed here, before it is downloaded; null if it can.</summary>
    /// <exception cref="MissingLibraryException">A library that the payload's format needs is not there.</exception>
    public InstallRefusal? Inspect(Payload payload)
    {
        var (release, kind) = (payload.Release, payload.Kind);
        if (kind != _kind.Kind)
            return new(InstallRefusalReason.KindUnsupported, $"this agent installs {_kind.Kind}, not {kind}");
        if (Installed?.Release == release.Release)
            return new(InstallRefusalReason.AlreadyInstalled, $"{release.Product} {release.Version} is current");

        // Also where the command would succeed this time: what failed once is not made good by trying again.
        if (IsQuarantined(release.Product, release.Version))
            return new(InstallRefusalReason.Quarantined, $"{release.Product} {release.Version} was rolled back");
        return _kind.Inspect(payload);
    }

    /// <summary>Lets a quarantined version be installed again; false if it was not quarantined.</summary>
    public bool Lift(string product, ReleaseVersion version)
    {
        if (!IsQuarantined(product, version)) return false;

        Save(_journal.Lift(product, version));
        return true;
    }

    // The slot of an earlier version is emptied for the next one, so the journal's word alone does not do.
    private Placement? FallbackPlacement =>
        _journal.Fallback is { } old && _kind.Active == _journal.Latest!.New && _kind.Holds(old) ? old : null;

    private async Task<InstallOutcome> ActivateAndProbeAsync(Placement placement, CancellationToken stop)
    {
        _kind.Activate(placement);
        var health = await _kind.ProbeAsync(placement, stop);
        if (!health.IsHealthy)
            return GoBack(new(InstallRefusalReason.Unhealthy, health.Summary)) with { Output = health.Output };

        Save(_journal.Confirm());
        _kind.Confirm(placement);
        return new InstallOutcome.Installed(placement.Release);
    }

    private InstallOutcome.RolledBack GoBack(InstallRefusal why)
    {
        Save(_journal.RollBack(why.Detail));
        var (_, failed, old) = _journal.Latest!;
        _kind.RollBack(failed, old);
        return new(failed.Release, old?.Release, why);
    }

    // On disk before the step is carried out, and in memory only when it is on disk.
    private void Save(InstallJournal journal)
    {
        _disk.ReplaceFile(_journalFile, journal.ToBytes());
        _journal = journal;
    }

    private InstallJournal ReadJournal()
    {
        var file = new FileInfo(_journalFile);
        if (!file.Exists) return InstallJournal.Empty;

        return file.Length <= InstallJournal.MaxSize && InstallJournal.TryRead(File.ReadAllBytes(_journalFile), out var journal)
            ? journal
            : throw new DamagedJournalException(_journalFile);
    }

    private void ThrowIfNotRecovered()
    {
        if (!_recovered) throw new InvalidOperationException("RecoverAsync comes before any change.");
    }
}
