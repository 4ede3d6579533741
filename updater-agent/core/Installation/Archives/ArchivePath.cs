using System.Text;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.UpdaterAgent.Core.Installation.Archives;

/// <summary>Names in archives: one spelling, apart from a leading <c>./</c> and a directory's last slash.</summary>
internal static class ArchivePath
{
    /// <summary>The broken rule, or null and the path relative to the tree's root.</summary>
    public static ArchiveRule? Read(string name, bool isDirectory, out string path)
    {
        path = "";
        if (CheckText(name) is { } rule) return rule;
        if (name[0] == '/') return ArchiveRule.RelativeName;

        // The root itself and "./" are what `tar -C tree -c .` writes.
        if (isDirectory && name is "." or "./") return null;
        if (name.StartsWith("./", StringComparison.Ordinal)) name = name[2..];
        if (isDirectory && name.EndsWith('/')) name = name[..^1];

        foreach (string component in name.Split('/'))
        {
            if (component is "" or "." or "..") return ArchiveRule.PlainName;
            if (Encoding.UTF8.GetByteCount(component) > ArchiveLimits.MaxComponentLength) return ArchiveRule.NameLength;
        }

        path = name;
        return null;
    }

    /// <summary>Holds for names and for what links point to.</summary>
    public static ArchiveRule? CheckText(string text)
    {
        if (text.Length == 0) return ArchiveRule.PlainName;
        if (text.Length > ArchiveLimits.MaxPathLength) return ArchiveRule.NameLength;

        // U+FFFD is what is left of bytes that were not UTF-8.
        if (!CanonicalJson.IsText(text) || text.Contains('\ufffd')) return ArchiveRule.NameIsText;
        return Encoding.UTF8.GetByteCount(text) > ArchiveLimits.MaxPathLength ? ArchiveRule.NameLength : null;
    }

    /// <summary>The directories a path goes through, outermost first; the root is not among them.</summary>
    public static IEnumerable<string> Parents(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }

    /// <summary>
    /// Follows a relative symbolic link by name. Gives every path it goes through, its end included, and null where it
    /// would leave the tree.
    /// </summary>
    public static IEnumerable<string?> Follow(string link, string target)
    {
        var at = new List<string>(link.Split('/'));
        at.RemoveAt(at.Count - 1);
        foreach (string component in target.Split('/'))
        {
            if (component is "" or ".") continue;
            if (component == ".." && at.Count == 0)
            {
                yield return null;
                yield break;
            }

            if (component == "..") at.RemoveAt(at.Count - 1);
            else at.Add(component);
            yield return string.Join('/', at);
        }
    }
}
