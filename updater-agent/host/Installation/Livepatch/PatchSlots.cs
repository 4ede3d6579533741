using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>
/// The slots of <see cref="SlotDirectory"/> with a module in each (docs/protocol.md §9): <c>patch.ko</c>, and
/// <c>patch.json</c> beside it. <c>current</c> leads to what early boot loads.
/// </summary>
internal sealed class PatchSlots(string install, IDisk disk)
{
    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;

    private readonly SlotDirectory _slots = new(Path.GetFullPath(install), disk);

    public string? Obstacle => _slots.Obstacle;

    /// <summary>What <c>current</c> leads to, where its description is whole.</summary>
    public Placement? Current =>
        _slots.Current is { } slot && _slots.Describe(slot) is { } release ? new(slot.Name(), release) : null;

    /// <summary>What the slots hold, the one that is not current first: there a newer version may be in force already.</summary>
    public IEnumerable<Placement> Held =>
        from slot in new[] { SlotNames.Free(_slots.Current), SlotNames.Free(_slots.Current).Other() }
        let release = _slots.Describe(slot)
        where release is not null
        select new Placement(slot.Name(), release);

    public string FolderOf(Placement placement) => _slots.TreeOf(SlotOf(placement));

    /// <summary>The placement's description of its patch; null where the slot holds something else by now.</summary>
    public StagedPatch? PatchOf(Placement placement) =>
        IsDescribed(placement) && TryReadFile(placement, "patch.json", StagedPatch.MaxSize, out byte[]? json)
            && StagedPatch.TryRead(json, out var patch)
            ? patch
            : null;

    /// <summary>The module's bytes, which are those of its release; null where they are not.</summary>
    public byte[]? ModuleOf(Placement placement) =>
        TryReadFile(placement, "patch.ko", LivepatchLimits.MaxModuleSize, out byte[]? module)
            && Digest.Of(module) == placement.Release.Sha256
            ? module
            : null;

    /// <summary>Puts a module into the slot that is not current, whole and durably; one that is current already stays where it is.</summary>
    public Placement Stage(InstalledRelease release, StagedPatch patch, ReadOnlySpan<byte> module)
    {
        if (Current is { } current && current.Release == release && PatchOf(current) == patch && ModuleOf(current) is not null) return current;

        var slot = SlotNames.Free(_slots.Current);
        bool isStaged = false;
        _slots.Clear(slot);
        try
        {
            _slots.Open(slot);
            Write(slot, "patch.ko", module);
            Write(slot, "patch.json", patch.ToBytes());
            _slots.Complete(slot, release);
            isStaged = true;
            return new Placement(slot.Name(), release);
        }
        finally
        {
            // A disk that was full gets its room back at once.
            if (!isStaged) _slots.Clear(slot);
        }
    }

    /// <summary>Makes early boot load this; with null, nothing.</summary>
    public void MakeCurrent(Placement? placement)
    {
        if (Current != placement) _slots.MakeCurrent(placement is null ? null : SlotOf(placement));
    }

    private bool IsDescribed(Placement placement) => _slots.Describe(SlotOf(placement)) == placement.Release;

    private void Write(Slot slot, string name, ReadOnlySpan<byte> bytes)
    {
        using var file = disk.CreateFile(Path.Combine(_slots.TreeOf(slot), name), FileMode);
        file.Write(bytes);
    }

    private bool TryReadFile(Placement placement, string name, int limit, [NotNullWhen(true)] out byte[]? bytes)
    {
        var file = new FileInfo(Path.Combine(FolderOf(placement), name));
        bytes = file.Exists && file.Length <= limit ? File.ReadAllBytes(file.FullName) : null;
        return bytes is not null;
    }

    private static Slot SlotOf(Placement placement)
    {
        Invariant.Holds(SlotNames.TryParse(placement.Place, out var slot), "a patch's place is a slot");
        return slot;
    }
}
