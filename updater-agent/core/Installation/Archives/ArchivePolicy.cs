namespace SupplyChain.UpdaterAgent.Core.Installation.Archives;

/// <summary>
/// Admits the entries of one archive, in their order, by the rules of docs/protocol.md §9. It remembers every name that
/// was admitted, so a name can only go through directories that this archive made: nothing is written through a link.
/// </summary>
public sealed class ArchivePolicy(ArchiveLimits limits)
{
    private const int SetIdBits = 0b110_000_000_000;
    private const int Mask = 0b111_101_101;
    private const int OwnerReadsAndWrites = 0b110_000_000;
    private const int OwnerEnters = 0b001_000_000;

    private readonly Dictionary<string, ArchiveEntryType> _entries =
        new(StringComparer.Ordinal) { [""] = ArchiveEntryType.Directory };

    // Directories that exist because something lies in them; each may still be stated once. The root is the first.
    private readonly HashSet<string> _implied = new(StringComparer.Ordinal) { "" };
    private readonly List<(string Name, string Path, string Target)> _symbolicLinks = [];
    private long _size;

    /// <summary>True with what to write, false with the broken rule; after that the archive is refused whole.</summary>
    public bool TryAdmit(ArchiveEntry entry, out AdmittedEntry? admitted, out ArchiveViolation? violation)
    {
        admitted = null;
        violation = Check(entry, out string path, out string linkTarget);
        if (violation is not null) return false;

        string[] newParents = [.. ArchivePath.Parents(path).Where(parent => !_entries.ContainsKey(parent))];
        bool exists = _entries.ContainsKey(path);
        if (_entries.Count + newParents.Length + (exists ? 0 : 1) > limits.MaxEntries)
        {
            violation = new(entry.Name, ArchiveRule.EntryCount, $"more than {limits.MaxEntries} entries");
            return false;
        }

        foreach (string parent in newParents)
        {
            _entries.Add(parent, ArchiveEntryType.Directory);
            _implied.Add(parent);
        }

        _implied.Remove(path);
        _entries[path] = entry.Type;
        _size += entry.Size;
        if (entry.Type == ArchiveEntryType.SymbolicLink) _symbolicLinks.Add((entry.Name, path, linkTarget));
        admitted = new(entry.Type, path, linkTarget, Masked(entry), newParents, exists);
        return true;
    }

    /// <summary>
    /// What can only be known at the end: that no symbolic link goes through another one. Without this, a link that
    /// stays inside by its text could leave the tree where an earlier link bends its way.
    /// </summary>
    public ArchiveViolation? Finish()
    {
        foreach (var (name, path, target) in _symbolicLinks)
        {
            foreach (string? through in ArchivePath.Follow(path, target).SkipLast(1))
            {
                if (_entries.TryGetValue(through!, out var type) && type == ArchiveEntryType.SymbolicLink)
                    return new(name, ArchiveRule.NoLinkThroughLink, $"its target goes through the link {through}");
            }
        }

        return null;
    }

    private ArchiveViolation? Check(ArchiveEntry entry, out string path, out string linkTarget)
    {
        linkTarget = "";
        ArchiveViolation Broken(ArchiveRule rule, string seen) => new(entry.Name, rule, seen);

        bool isDirectory = entry.Type == ArchiveEntryType.Directory;
        if (ArchivePath.Read(entry.Name, isDirectory, out path) is { } rule) return Broken(rule, NameText(rule));
        if ((entry.Mode & SetIdBits) != 0) return Broken(ArchiveRule.NoSetId, "has a set-id bit");
        if (entry.Size < 0 || entry.Size > limits.MaxSize - _size)
            return Broken(ArchiveRule.TotalSize, $"more than {limits.MaxSize} bytes in all");

        foreach (string parent in ArchivePath.Parents(path))
        {
            if (_entries.TryGetValue(parent, out var type) && type != ArchiveEntryType.Directory)
                return Broken(ArchiveRule.ParentIsDirectory, $"{parent} is no directory");
        }

        if (_entries.ContainsKey(path) && !(isDirectory && _implied.Contains(path)))
            return Broken(ArchiveRule.Unique, "the name is there already");

        return entry.Type switch
        {
            ArchiveEntryType.File or ArchiveEntryType.Directory => null,
            ArchiveEntryType.SymbolicLink => CheckSymbolicLink(entry, path, out linkTarget),
            ArchiveEntryType.HardLink => CheckHardLink(entry, out linkTarget),
            _ => throw new ArgumentOutOfRangeException(nameof(entry), entry.Type, null),
        };
    }

    private static ArchiveViolation? CheckSymbolicLink(ArchiveEntry entry, string path, out string target)
    {
        target = entry.LinkTarget;
        if (ArchivePath.CheckText(target) is { } rule) return new(entry.Name, rule, "its target: " + NameText(rule));
        return target[0] == '/' || ArchivePath.Follow(path, target).Contains(null)
            ? new(entry.Name, ArchiveRule.LinkStaysInside, $"links to {target}")
            : null;
    }

    private ArchiveViolation? CheckHardLink(ArchiveEntry entry, out string target)
    {
        if (ArchivePath.Read(entry.LinkTarget, isDirectory: false, out target) is { } rule)
            return new(entry.Name, rule, "its target: " + NameText(rule));
        return _entries.TryGetValue(target, out var type) && type is ArchiveEntryType.File or ArchiveEntryType.HardLink
            ? null
            : new(entry.Name, ArchiveRule.HardLinkToFile, $"{target} is no file that came before it");
    }

    // The agent can always read its own tree again, and empty it.
    private static int Masked(ArchiveEntry entry) =>
        (entry.Mode & Mask) | OwnerReadsAndWrites | (entry.Type == ArchiveEntryType.Directory ? OwnerEnters : 0);

    private static string NameText(ArchiveRule rule) => rule switch
    {
        ArchiveRule.NameIsText => "not UTF-8, or a control character",
        ArchiveRule.NameLength => "too long",
        ArchiveRule.RelativeName => "absolute",
        ArchiveRule.PlainName => "an empty, . or .. component",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };
}
