using System.Collections.Immutable;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation.Disk;

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

    /// <summary>A compromised key released or promoted it: no way back leads there. None unless given.</summary>
    public Func<InstalledRelease, bool> IsVoid { get; init; } = _ => false;

    /// <summary>What is current, as the machine shows it; unconfirmed while <see cref="Step"/> is switched.</summary>
    public InstalledRelease? Installed => _kind.Active?.Release;

    /// <summary>What an operator's <see cref="RollBackAsync"/> would go back to.</summary>
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
        var outcome = await SettleAsync() ?? await ResumeAsync(stop);
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

        Save(_journal.Stage(staged, WayBackFrom(staged)));
        stop.ThrowIfCancellationRequested();
        Save(_journal.Switch());
        return await ActivateAndProbeAsync(staged, stop);
    }

    /// <summary>
    /// Goes back, on the operator's request, to what the current version replaced, and quarantines the latter.
    /// </summary>
    public async Task<InstallOutcome> RollBackAsync(string reason)
    {
        ThrowIfNotRecovered();
        bool canGoBack = FallbackPlacement is not null
            || (_kind.WorksWithNothing && _journal.Latest is { Step: InstallStep.Confirmed } latest && _kind.Active == latest.New);
        return canGoBack
            ? await GoBackAsync(new(InstallRefusalReason.OperatorRequest, reason))
            : new InstallOutcome.Refused(new(
                InstallRefusalReason.NothingToRollBackTo, "no earlier version is whole on this machine"));
    }

    /// <summary>
    /// At boot: what the machine went down with too often is quarantined. What was there before comes back with the next
    /// <see cref="RecoverAsync"/>.
    /// </summary>
    public void QuarantineGivenUp()
    {
        if (_journal.Latest is { } latest && HasBeenCurrent(latest) && _kind.IsGivenUp(latest.New))
            Save(_journal.RollBack(GivenUp.Detail));
    }

    /// <summary>
    /// What was made current turned out not to be good, and is not current any more. What was there before comes back with
    /// the next <see cref="RecoverAsync"/>.
    /// </summary>
    public void Condemn(Condemned condemned) => Save(_journal.Condemn(condemned.Placement, condemned.Why.Detail));

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

    private static InstallRefusal GivenUp { get; } =
        new(InstallRefusalReason.NotSurvived, $"the machine went down with it {LivepatchLimits.MaxUnsurvived} times");

    // The slot of an earlier version is emptied for the next one, so the journal's word alone does not do.
    private Placement? FallbackPlacement =>
        _journal.Fallback is { } old && _kind.Active == _journal.Latest!.New && _kind.Holds(old) ? old : null;

    private async Task<InstallOutcome?> SettleAsync()
    {
        var undecided = _journal.Latest is { Step: InstallStep.Switched } latest ? latest.New : null;
        if (await _kind.SettleAsync(undecided) is not { } condemned) return null;

        Condemn(condemned);
        bool wasLatest = _journal.Latest!.New.Release == condemned.Placement.Release;
        var (to, unfinished) = wasLatest ? await ReturnAsync() : (null, null);
        return new InstallOutcome.RolledBack(condemned.Placement.Release, to?.Release, condemned.Why) { Unfinished = unfinished };
    }

    private async Task<InstallOutcome?> ResumeAsync(CancellationToken stop)
    {
        if (_journal.Latest is not { } latest) return null;

        if (HasBeenCurrent(latest) && _kind.IsGivenUp(latest.New)) return await GoBackAsync(GivenUp);

        switch (latest.Step)
        {
            case InstallStep.Staged:
                return null;
            case InstallStep.Switched when !_kind.IsSwitchedTo(latest.New):
                // It may have been revoked since: only a new decision of everyone makes it current.
                Save(_journal.Unswitch());
                return null;
            case InstallStep.Switched:
                return _kind.Holds(latest.New)
                    ? await ActivateAndProbeAsync(latest.New, stop)
                    : await GoBackAsync(new(InstallRefusalReason.Unhealthy, "it is no longer whole in its place"));
            case InstallStep.Confirmed:
                await _kind.ConfirmAsync(latest.New, latest.Old);
                return null;
            case InstallStep.RolledBack:
                await ReturnAsync();
                return null;
            default:
                throw new InvalidOperationException($"Unknown step {latest.Step}.");
        }
    }

    // Also what is staged to be tried again from the place where it is kept.
    private bool HasBeenCurrent(InstallAttempt latest) =>
        latest.Step is InstallStep.Switched or InstallStep.Confirmed || (latest.Step == InstallStep.Staged && _kind.Kept == latest.New);

    // What is kept may be this very release, which the machine went down with and now tries again: no way back leads there.
    private Placement? WayBackFrom(Placement staged)
    {
        if (_kind.Kept is not { } kept || kept.Release != staged.Release) return _kind.Kept;

        return _journal.Latest is { Old: { } before } latest && latest.New == staged && _kind.Holds(before) ? before : null;
    }

    private async Task<InstallOutcome> ActivateAndProbeAsync(Placement placement, CancellationToken stop)
    {
        if (await _kind.ActivateAsync(placement) is { } failure)
        {
            if (failure.IsVersionsFault) return await GoBackAsync(failure.Why);

            // The machine is as it was. Another time it may take this version, so that is not quarantined.
            Save(_journal.Unswitch());
            return new InstallOutcome.Refused(failure.Why);
        }

        var health = await _kind.ProbeAsync(placement, stop);
        if (!health.IsHealthy)
            return await GoBackAsync(new(InstallRefusalReason.Unhealthy, health.Summary)) with { Output = health.Output };

        Save(_journal.Confirm());
        await _kind.ConfirmAsync(placement, _journal.Latest!.Old);
        return new InstallOutcome.Installed(placement.Release);
    }

    private async Task<InstallOutcome.RolledBack> GoBackAsync(InstallRefusal why)
    {
        Save(_journal.RollBack(why.Detail));
        var (to, unfinished) = await ReturnAsync();
        return new(_journal.Latest!.New.Release, to?.Release, why) { Unfinished = unfinished };
    }

    // To what was there before, unless that turned out not to be good either, or forged.
    private async Task<(Placement? To, string? Unfinished)> ReturnAsync()
    {
        var (_, failed, old) = _journal.Latest!;
        if (old is not null && IsVoid(old.Release)) return (null, await LeaveBothAsync(failed, old));

        var to = old is not null && !IsQuarantined(old.Release.Product, old.Release.Version) ? old : null;
        var back = await _kind.RollBackAsync(failed, to);
        if (back.Unfit is not { } unfit) return (_kind.Active == to ? to : null, back.Unfinished);

        Condemn(new(to!, unfit));
        return (null, back.Unfinished);
    }

    // What is forged may still be in force beside what replaced it.
    private async Task<string?> LeaveBothAsync(Placement failed, Placement forged)
    {
        var left = await _kind.RollBackAsync(failed, null);
        var leftToo = await _kind.RollBackAsync(forged, null);
        return left.Unfinished ?? leftToo.Unfinished;
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
