using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Installation.Health;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>
/// Payload kind <c>tree</c> (docs/protocol.md §9): unpacked into the free one of two slots, made current by renaming a
/// link. A place is a slot's name. Without a health command every version counts as healthy.
/// </summary>
internal sealed class TreeKind(
    string installDirectory, HealthCommand? health, IDisk? disk = null, ArchiveLimits? limits = null) : IPayloadKind
{
    private const UnixFileMode SingleFileMode = (UnixFileMode)0b110_100_100;

    private readonly IDisk _disk = disk ?? new LinuxDisk();
    private readonly ArchiveLimits _limits = limits ?? ArchiveLimits.Default;
    private readonly SlotDirectory _slots = new(Path.GetFullPath(installDirectory), disk ?? new LinuxDisk());

    public PayloadKind Kind => PayloadKind.Tree;

    public bool WorksWithNothing => false;

    public Placement? Active =>
        _slots.Current is { } slot && _slots.Describe(slot) is { } release ? new(slot.Name(), release) : null;

    public Placement? Kept => Active;

    /// <summary>Also where the slot is no longer whole; not where another agent has put something else there since.</summary>
    public bool IsSwitchedTo(Placement placement) =>
        _slots.Current is { } slot && slot == SlotOf(placement) && (_slots.Describe(slot) is not { } holds || holds == placement.Release);

    public bool Holds(Placement placement) =>
        SlotNames.TryParse(placement.Place, out var slot) && _slots.Describe(slot) == placement.Release;

    /// <summary>A tree does nothing by itself; what runs it has its own ways to fail.</summary>
    public bool IsGivenUp(Placement placement) => false;

    /// <summary>Nothing makes a tree current but an installation.</summary>
    public Task<Condemned?> SettleAsync(Placement? undecided) => Task.FromResult<Condemned?>(null);

    public InstallRefusal? Inspect(Payload payload)
    {
        if (payload.Format == PayloadFormat.TarZstd) ZstdStream.RequireLibrary();
        return _slots.Obstacle is { } obstacle ? new(InstallRefusalReason.PlaceOccupied, obstacle) : null;
    }

    public bool TryStage(
        Payload payload,
        CancellationToken cancellation,
        [NotNullWhen(true)] out Placement? staged,
        [NotNullWhen(false)] out InstallRefusal? refusal)
    {
        var slot = SlotNames.Free(_slots.Current);
        staged = null;
        _slots.Clear(slot);
        try
        {
            _slots.Open(slot);
            refusal = Unpack(payload, _slots.TreeOf(slot), cancellation);
            if (refusal is not null) return false;

            _slots.Complete(slot, payload.Release);
            staged = new(slot.Name(), payload.Release);
            return true;
        }
        finally
        {
            // A refused archive, or one that filled the disk, gives its room back at once.
            if (staged is null) _slots.Clear(slot);
        }
    }

    public Task<ActivationFailure?> ActivateAsync(Placement staged)
    {
        Invariant.Holds(Holds(staged), "only a whole slot is made current");
        // Also where the link is there already: an agent that was killed may not have made it durable.
        _slots.MakeCurrent(SlotOf(staged));
        return Task.FromResult<ActivationFailure?>(null);
    }

    public Task<HealthReport> ProbeAsync(Placement active, CancellationToken stop) =>
        health is null
            ? Task.FromResult(new HealthReport(true, "no health command", ""))
            : health.RunAsync(_slots.TreeOf(SlotOf(active)), stop);

    /// <summary>Nothing remains to be done: the slot before is kept as the way back.</summary>
    public Task ConfirmAsync(Placement active, Placement? replaced) => Task.CompletedTask;

    public Task<WayBack> RollBackAsync(Placement failed, Placement? to)
    {
        // Where somebody emptied the other slot by hand, nothing is current rather than what failed.
        if (IsSwitchedTo(failed)) _slots.MakeCurrent(to is not null && Holds(to) ? SlotOf(to) : null);
        return Task.FromResult(WayBack.Done);
    }

    // The bytes are hashed as they are unpacked: what is staged is what was released, whatever became of the download.
    private InstallRefusal? Unpack(Payload payload, string tree, CancellationToken cancellation)
    {
        using var source = new HashingStream(File.OpenRead(payload.File));
        var violation = payload.Format switch
        {
            PayloadFormat.File => CopyFile(source, Path.Combine(tree, payload.ArtifactName)),
            PayloadFormat.Tar => new TarExtraction(_disk, tree, _limits).Extract(source, cancellation),
            PayloadFormat.TarZstd => ExtractZstd(source, tree, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(payload), payload.Format, null),
        };

        if (source.DigestToEnd() != payload.Release.Sha256)
            return new(InstallRefusalReason.PayloadMismatch, $"{payload.File} is not the file that was released");
        return violation is null ? null : new(InstallRefusalReason.ArchiveUnsafe, violation.ToString());
    }

    private ArchiveViolation? CopyFile(Stream source, string path)
    {
        using var file = _disk.CreateFile(path, SingleFileMode);
        source.CopyTo(file);
        return null;
    }

    private ArchiveViolation? ExtractZstd(Stream source, string tree, CancellationToken cancellation)
    {
        using var tar = new ZstdStream(source);
        return new TarExtraction(_disk, tree, _limits).Extract(tar, cancellation);
    }

    private static Slot SlotOf(Placement placement)
    {
        Invariant.Holds(SlotNames.TryParse(placement.Place, out var slot), "a tree's place is a slot");
        return slot;
    }
}
