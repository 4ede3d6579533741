namespace SupplyChain.UpdaterAgent.Core.Installation.Archives;

/// <summary>The rules of docs/protocol.md §9 that an archive can break.</summary>
public enum ArchiveRule
{
    /// <summary>Not a tar or zstd stream that can be read to its end.</summary>
    Readable,

    /// <summary>Only regular files, directories, symbolic and hard links.</summary>
    EntryType,

    /// <summary>Only the pax attributes that describe an entry's name, size, times and owner.</summary>
    ExtendedAttribute,

    /// <summary>Names are UTF-8 without control characters.</summary>
    NameIsText,

    /// <summary>At most 255 bytes a component and 1,024 in all.</summary>
    NameLength,

    /// <summary>No leading slash.</summary>
    RelativeName,

    /// <summary>No empty, <c>.</c> or <c>..</c> component.</summary>
    PlainName,

    /// <summary>No name twice.</summary>
    Unique,

    /// <summary>What a name goes through is a directory, not a link or a file.</summary>
    ParentIsDirectory,

    /// <summary>No set-user-id and set-group-id bits.</summary>
    NoSetId,

    /// <summary>A link's target is relative and, followed by name, never leaves the tree.</summary>
    LinkStaysInside,

    /// <summary>A link's target does not go through another link.</summary>
    NoLinkThroughLink,

    /// <summary>A hard link names a regular file that came before it.</summary>
    HardLinkToFile,

    /// <summary>No more entries than the limit.</summary>
    EntryCount,

    /// <summary>No more bytes than the limit.</summary>
    TotalSize,

    /// <summary>Nothing but zeros after the end.</summary>
    NothingAfterEnd,
}

/// <summary>
/// The first rule an archive breaks, the name of the entry that breaks it as far as it could be read (it may hold
/// anything), and what was seen.
/// </summary>
public sealed record ArchiveViolation(string Entry, ArchiveRule Rule, string Seen)
{
    /// <summary>For people; printable whatever the archive holds.</summary>
    public override string ToString() => $"entry \"{PrintableText.Of(Entry, 120)}\": {PrintableText.Of(Seen, 200)}";
}
