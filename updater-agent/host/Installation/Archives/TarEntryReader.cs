using System.Formats.Tar;
using SupplyChain.UpdaterAgent.Core.Installation.Archives;

namespace SupplyChain.UpdaterAgent.Installation.Archives;

/// <summary>Says in our terms what a tar entry states, and refuses what has no place in them.</summary>
internal static class TarEntryReader
{
    // Sparse files, extended attributes (capabilities among them), access lists and other charsets change what an entry
    // means; dropping them silently would install something else than was released.
    private static readonly HashSet<string> HarmlessAttributes =
    [
        "path", "linkpath", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment",
    ];

    /// <summary>True with the entry, or with null for a header that describes no entry.</summary>
    public static bool TryRead(TarEntry tar, out ArchiveEntry? entry, out ArchiveViolation? violation)
    {
        entry = null;
        violation = CheckAttributes(tar);
        if (violation is not null) return false;
        if (tar.EntryType == TarEntryType.GlobalExtendedAttributes) return true;

        if (TypeOf(tar.EntryType) is not { } type)
        {
            violation = new(tar.Name, ArchiveRule.EntryType, $"type {tar.EntryType}");
            return false;
        }

        if (type != ArchiveEntryType.File && tar.Length != 0)
        {
            violation = new(tar.Name, ArchiveRule.EntryType, $"a {tar.EntryType} with content");
            return false;
        }

        entry = new(type, tar.Name, tar.LinkName, (int)tar.Mode, tar.Length);
        return true;
    }

    private static ArchiveEntryType? TypeOf(TarEntryType type) => type switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile => ArchiveEntryType.File,
        TarEntryType.Directory => ArchiveEntryType.Directory,
        TarEntryType.SymbolicLink => ArchiveEntryType.SymbolicLink,
        TarEntryType.HardLink => ArchiveEntryType.HardLink,
        _ => null,
    };

    private static ArchiveViolation? CheckAttributes(TarEntry tar)
    {
        // A global header applies to all that follows, so only a comment (git writes one) is harmless there.
        string? strange = tar switch
        {
            PaxGlobalExtendedAttributesTarEntry global =>
                global.GlobalExtendedAttributes.Keys.FirstOrDefault(key => key != "comment"),
            PaxTarEntry pax => pax.ExtendedAttributes.Keys.FirstOrDefault(key => !HarmlessAttributes.Contains(key)),
            _ => null,
        };
        return strange is null ? null : new(tar.Name, ArchiveRule.ExtendedAttribute, $"attribute {strange}");
    }
}
