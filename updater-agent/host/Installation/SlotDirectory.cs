using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>
/// The directory that payload kind <c>tree</c> installs into (docs/protocol.md §9). A slot's description is there
/// exactly as long as its tree is whole: removed before the tree is touched, written after the tree is durable.
/// </summary>
internal sealed class SlotDirectory(string install, IDisk disk)
{
    private const int MaxDescriptionSize = 4096;
    private const UnixFileMode TreeMode = (UnixFileMode)0b111_101_101;

    private readonly string _current = Path.Combine(install, "current");
    private readonly string _slots = Path.Combine(install, "slots");

    /// <summary>The slot that <c>current</c> points to.</summary>
    public Slot? Current =>
        new FileInfo(_current).LinkTarget is { } target && SlotNames.TryParseLink(target, out var slot) ? slot : null;

    /// <summary>What in the directory is not ours, so that nothing can be installed; null if all is.</summary>
    public string? Obstacle
    {
        get
        {
            if (Durable.Exists(_slots) && !Durable.IsDirectory(_slots)) return $"{_slots} is no directory";
            if (!Durable.Exists(_current)) return null;
            if (Current is not { } slot) return $"{_current} is not a link to a slot";
            return Describe(slot) is null ? $"{_current} points to a tree that nobody described" : null;
        }
    }

    public string TreeOf(Slot slot) => Path.Combine(_slots, slot.Name());

    /// <summary>What a whole slot holds; null for every other slot.</summary>
    public InstalledRelease? Describe(Slot slot)
    {
        var description = new FileInfo(DescriptionOf(slot));
        if (!description.Exists || description.Length > MaxDescriptionSize) return null;
        if (!Durable.IsDirectory(TreeOf(slot))) return null;

        return InstalledRelease.TryRead(File.ReadAllBytes(description.FullName), out var release) ? release : null;
    }

    /// <summary>Leaves nothing of the slot's description and tree.</summary>
    public void Clear(Slot slot)
    {
        disk.RemoveFile(DescriptionOf(slot));
        disk.RemoveTree(TreeOf(slot));
    }

    /// <summary>Makes an empty tree in a slot that is clear.</summary>
    public void Open(Slot slot)
    {
        disk.EnsureDirectory(_slots);
        disk.CreateDirectory(TreeOf(slot), TreeMode);
    }

    /// <summary>Makes the slot's tree durable and says what it is.</summary>
    public void Complete(Slot slot, InstalledRelease release)
    {
        disk.SyncTree(TreeOf(slot));
        disk.Sync(_slots);
        disk.ReplaceFile(DescriptionOf(slot), release.ToBytes());
    }

    /// <summary>The switch; with null nothing is current afterwards.</summary>
    public void MakeCurrent(Slot? slot)
    {
        if (slot is null) disk.RemoveFile(_current);
        else disk.ReplaceLink(_current, slot.Value.LinkTarget());
    }

    private string DescriptionOf(Slot slot) => TreeOf(slot) + ".json";
}
