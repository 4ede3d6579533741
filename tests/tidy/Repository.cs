using System.Xml.Linq;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Tidy.Tests;

/// <summary>What stands on disk, as the rules of this project look at it.</summary>
internal static class Repository
{
    public static string Root { get; } = RepositoryRoot.Path;

    private static readonly string[] NotOurs = ["artifacts", ".git", "TestResults"];

    /// <summary>All files of the checkout, relative, with forward slashes; build output left out.</summary>
    public static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => NotOurs.Contains(part) || part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The projects that a project references, relative to the root.</summary>
    public static IEnumerable<(string Project, bool BuildOnly)> ReferencesOf(string project) =>
        XDocument.Load(Path.Combine(Root, project)).Descendants("ProjectReference").Select(reference =>
        {
            string folder = Path.GetDirectoryName(Path.Combine(Root, project))!;
            string target = Path.GetFullPath(Path.Combine(folder, reference.Attribute("Include")!.Value));
            bool buildOnly = reference.Attribute("ReferenceOutputAssembly")?.Value == "false"
                && reference.Attribute("Private")?.Value == "false";
            return (Path.GetRelativePath(Root, target).Replace('\\', '/'), buildOnly);
        });
}
