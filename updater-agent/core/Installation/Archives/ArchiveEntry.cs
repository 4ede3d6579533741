namespace SupplyChain.UpdaterAgent.Core.Installation.Archives;

/// <summary>The types of entry that a payload may hold.</summary>
public enum ArchiveEntryType
{
    File,
    Directory,
    SymbolicLink,
    HardLink,
}

/// <summary>
/// An entry as the archive states it: the link target is empty unless it is a link, the mode has the set-id and sticky
/// bits, the size is the content's, 0 unless it is a file.
/// </summary>
public sealed record ArchiveEntry(ArchiveEntryType Type, string Name, string LinkTarget, int Mode, long Size);

/// <summary>An entry that may be written.</summary>
/// <param name="Type">As the archive states it.</param>
/// <param name="Path">Relative to the tree's root, which is the empty path; components joined by one slash.</param>
/// <param name="LinkTarget">A symbolic link's text as it is, or the path of a hard link's file.</param>
/// <param name="Mode">The mode bits: no more than 0755, no less than the agent needs to read and empty the tree.</param>
/// <param name="NewParents">Directories to make first, outermost first.</param>
/// <param name="Exists">The directory is there already, made for an earlier entry.</param>
public sealed record AdmittedEntry(
    ArchiveEntryType Type,
    string Path,
    string LinkTarget,
    int Mode,
    IReadOnlyList<string> NewParents,
    bool Exists);
