using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Installation.Health;

namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>
/// Payload kind <c>livepatch</c> (docs/protocol.md §9): a kernel module that changes the running kernel. A place is a slot
/// that keeps the module for the next boots; current is what is in force in the kernel.
/// </summary>
internal sealed class LivepatchKind(
    PatchSlots slots, RunningKernel kernel, Func<MachineFacts> machine, ApplicationJournal journal, PatchApplication application,
    HealthCommand? health) : IPayloadKind
{
    /// <param name="install">The folder of the slots.</param>
    /// <param name="record">The file of the record of applications.</param>
    /// <param name="kernel">The running kernel.</param>
    /// <param name="machine">Tells what this machine is.</param>
    /// <param name="health">Asked after every application; without it every version is healthy.</param>
    /// <param name="times">How long a transition may take.</param>
    /// <param name="disk">Where modules and the record are kept.</param>
    /// <param name="clock">Times transitions.</param>
    public static LivepatchKind Create(
        string install, string record, RunningKernel kernel, Func<MachineFacts> machine, HealthCommand? health,
        TransitionTimes times, IDisk disk, TimeProvider clock)
    {
        var journal = new ApplicationJournal(record, disk);
        return new(
            new PatchSlots(install, disk), kernel, machine, journal,
            new PatchApplication(kernel, machine, journal, times, clock), health);
    }

    public PayloadKind Kind => PayloadKind.Livepatch;

    /// <summary>The bare kernel runs.</summary>
    public bool WorksWithNothing => true;

    public Placement? Active
    {
        get
        {
            var active = slots.Held.FirstOrDefault(held => slots.PatchOf(held) is { } patch && kernel.IsInForce(patch));
            return active is not null && slots.Current is { } current && current.Release == active.Release ? current : active;
        }
    }

    /// <summary>Also where the bare kernel runs because the machine did not survive a newer patch.</summary>
    public Placement? Kept => slots.Current is { } current && Holds(current) ? current : null;

    public bool IsSwitchedTo(Placement placement) => slots.PatchOf(placement) is { } patch && kernel.Has(patch);

    public bool Holds(Placement placement) => slots.PatchOf(placement) is not null && slots.ModuleOf(placement) is not null;

    public bool IsGivenUp(Placement placement) => journal.Record.IsGivenUp(placement.Release.Sha256);

    /// <summary>The machine lives with what its last boot loaded, or an interrupted way back: that patch is judged, and its intent taken back.</summary>
    public async Task<Condemned?> SettleAsync(Placement? undecided)
    {
        journal.Settle(kernel);
        if (journal.Record.Intent is not { Sha256: var sha256 } || PlacementOf(sha256) is not { } placed || slots.PatchOf(placed) is not { } patch)
            return null;
        if (!kernel.Has(patch))
        {
            journal.Withdraw(sha256);
            return null;
        }

        if (placed == undecided) return null;
        if (!kernel.IsEnabled(patch.Module))
        {
            // Its transition stalled and was turned around, or a newer patch replaced it: no fault of its own.
            await application.RemoveAsync(sha256, patch);
            return null;
        }

        if (placed != slots.Current) return null;

        var failure = await application.JudgeAsync(sha256, patch);
        if (failure is null) journal.Survive(sha256);
        if (failure is not { IsVersionsFault: true }) return null;

        await application.RemoveAsync(sha256, patch);
        return new(placed, failure.Why);
    }

    public InstallRefusal? Inspect(Payload payload) =>
        slots.Obstacle is { } obstacle
            ? new(InstallRefusalReason.PlaceOccupied, obstacle)
            : LivepatchRules.Judge(payload.Target, machine(), kernel.State());

    public bool TryStage(
        Payload payload,
        CancellationToken cancellation,
        [NotNullWhen(true)] out Placement? staged,
        [NotNullWhen(false)] out InstallRefusal? refusal)
    {
        staged = null;
        refusal = Read(payload, out byte[] bytes, out var module);
        if (refusal is not null) return false;

        staged = slots.Stage(payload.Release, new(module!.Name, module.BuildId, payload.Target), bytes);
        return true;
    }

    public async Task<ActivationFailure?> ActivateAsync(Placement staged)
    {
        var (patch, module) = (slots.PatchOf(staged), slots.ModuleOf(staged));
        if (patch is null || module is null)
            return ActivationFailure.OfMachine(new(InstallRefusalReason.PayloadMismatch, "what was staged is not what was released any more"));
        return await application.ApplyAsync(module, staged.Release.Sha256, patch);
    }

    public Task<HealthReport> ProbeAsync(Placement active, CancellationToken stop) =>
        health is null
            ? Task.FromResult(new HealthReport(true, "no health command", ""))
            : health.RunAsync(slots.FolderOf(active), stop);

    /// <summary>The machine lives with it; what it replaced leaves the kernel and stays in its slot.</summary>
    public async Task ConfirmAsync(Placement active, Placement? replaced)
    {
        if (slots.PatchOf(active) is not { } patch) return;

        // Only now: whatever was not confirmed is loaded by no boot. What another agent has confirmed here since stays.
        if (slots.Current is { } current && current != active && current != replaced && Holds(current)) return;

        slots.MakeCurrent(active);
        if (!kernel.IsInForce(patch)) return;

        // What was counted stays until the machine has lived through a boot with it.
        journal.Withdraw(active.Release.Sha256);
        // After the next boot there is one patch: so it is from now on, also where the new one did not replace the old one by itself.
        if (replaced is not null && slots.PatchOf(replaced) is { } old && old != patch)
            await application.RemoveAsync(replaced.Release.Sha256, old);
    }

    public async Task<WayBack> RollBackAsync(Placement failed, Placement? to)
    {
        var back = to is not null && Holds(to) ? to : null;
        if (slots.Current is { } current && (current.Release == failed.Release || current == to)) slots.MakeCurrent(back);
        if (slots.PatchOf(failed) is { } patch && await application.RemoveAsync(failed.Release.Sha256, patch) is { } unfinished)
            return new(unfinished);
        if (back is null || back != slots.Current || kernel.IsInForce(slots.PatchOf(back)!)) return WayBack.Done;

        // Not in the boot that left it out: the next one decides.
        return journal.Record.CountOf(back.Release.Sha256) > 0
            ? new($"{back.Release.Version} is not in force, since the machine went down with it")
            : await BringBackAsync(back);
    }

    /// <summary>
    /// What early boot does (docs/protocol.md §9): loads the confirmed patch again, or says why not. The intent stays until
    /// a later command finds the machine alive with it.
    /// </summary>
    /// <param name="isQuarantined">Whether a release was rolled back here.</param>
    /// <param name="isRevoked">Whether it was withdrawn, by what this machine last verified.</param>
    public async Task<BootOutcome> BootAsync(Func<InstalledRelease, bool> isQuarantined, Func<InstalledRelease, bool> isRevoked)
    {
        var wentDownWith = journal.Settle(kernel);
        var patch = slots.Current is { } current ? slots.PatchOf(current) : null;
        var placed = patch is null ? null : slots.Current;
        var verdict = BootDecision.Decide(new BootFacts
        {
            Confirmed = placed,
            Target = patch?.Target,
            Machine = machine(),
            IsSwitchedOff = kernel.IsSwitchedOff,
            WentDownWith = wentDownWith,
            Record = journal.Record,
            IsQuarantined = placed is not null && isQuarantined(placed.Release),
            IsRevoked = placed is not null && isRevoked(placed.Release),
            IsLoaded = patch is not null && kernel.Has(patch),
        });
        var outcome = new BootOutcome(verdict, placed, wentDownWith is { } fatal ? PlacementOf(fatal) : null, null);
        return verdict == BootVerdict.Load ? outcome with { Failure = await LoadAsync(placed!, patch!) } : outcome;
    }

    private async Task<ActivationFailure?> LoadAsync(Placement placed, StagedPatch patch)
    {
        if (slots.ModuleOf(placed) is not { } module)
            return ActivationFailure.OfMachine(new(InstallRefusalReason.PayloadMismatch, "the module in its slot is not the released one any more"));

        var failure = await application.ApplyAsync(module, placed.Release.Sha256, patch);
        if (failure is { IsVersionsFault: true }) await application.RemoveAsync(placed.Release.Sha256, patch);
        return failure;
    }

    // Unloaded by its successor, or out of force; the bare kernel runs in between.
    private async Task<WayBack> BringBackAsync(Placement back)
    {
        var failure = await LoadAsync(back, slots.PatchOf(back)!);
        if (failure is null)
        {
            journal.Withdraw(back.Release.Sha256);
            return WayBack.Done;
        }

        string unfinished = $"{back.Release.Version} is not in force: {failure.Why}";
        if (!failure.IsVersionsFault) return new(unfinished);

        slots.MakeCurrent(null);
        return new(unfinished, failure.Why);
    }

    private Placement? PlacementOf(Digest sha256) =>
        slots.Current is { } current && current.Release.Sha256 == sha256
            ? current
            : slots.Held.FirstOrDefault(held => held.Release.Sha256 == sha256);

    // A module is small: what is judged here is what is staged.
    private InstallRefusal? Read(Payload payload, out byte[] bytes, out ModuleFile? module)
    {
        module = null;
        bytes = [];
        var file = new FileInfo(payload.File);
        if (file.Length > LivepatchLimits.MaxModuleSize) return new(InstallRefusalReason.ModuleMalformed, $"it has {file.Length} bytes");

        bytes = File.ReadAllBytes(file.FullName);
        if (Digest.Of(bytes) != payload.Release.Sha256)
            return new(InstallRefusalReason.PayloadMismatch, $"{payload.File} is not the file that was released");
        return ModuleFile.TryRead(bytes, out module, out string? fault)
            ? LivepatchRules.Judge(module, bytes.Length, payload.Target, kernel.State())
            : new(InstallRefusalReason.ModuleMalformed, fault);
    }
}

/// <summary>What early boot did.</summary>
/// <param name="Verdict">On the confirmed patch.</param>
/// <param name="Placement">Where that is; null where none is confirmed.</param>
/// <param name="WentDownWith">What the machine's last boot ended with while its fate was open; null if nothing that is still here.</param>
/// <param name="Failure">What stood in the way of loading it; after a fault of the version's own it is out of the kernel again.</param>
internal sealed record BootOutcome(BootVerdict Verdict, Placement? Placement, Placement? WentDownWith, ActivationFailure? Failure);
