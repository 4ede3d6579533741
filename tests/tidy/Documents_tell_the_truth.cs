using System.Text.RegularExpressions;

namespace SupplyChain.Tidy.Tests;

public partial class Documents_tell_the_truth
{
    private static readonly string[] Documents = [.. Repository.Files("*.md")];

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_that_exist() => Assert.Empty(
        from document in Documents
        from Match link in Link().Matches(Repository.Read(document))
        let target = link.Groups["target"].Value
        where !target.Contains("://", StringComparison.Ordinal) && !Resolves(document, target)
        select $"{document}: {target}");

    [Fact]
    public void The_threat_model_names_tests_that_exist()
    {
        string[] rows = [.. Repository.Read("docs/threat-model.md").Split('\n').Where(line => line.Count(c => c == '|') == 4)];
        string[] named = [.. rows.SelectMany(row => Code().Matches(row.Split('|')[3]).Select(match => match.Groups[1].Value))];

        HashSet<string> classes = [.. Repository.Files("*.cs").Where(file => file.StartsWith("tests/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).OfType<string>()];

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(
            classes.Contains(name) || Path.Exists(Path.Combine(Repository.Root, "tests", name)), name));
    }

    [Fact]
    public void The_architecture_names_every_folder_of_the_product()
    {
        string tree = Repository.Read("docs/architecture.md").Split("## Tree")[1];
        IEnumerable<string> folders = Repository.Files("*.cs").Where(file => !file.StartsWith("tests/", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Distinct().Where(folder => folder is not ("core" or "host"));

        Assert.All(folders, folder => Assert.Contains($"{folder}/", tree, StringComparison.Ordinal));
    }

    [Fact]
    public void Code_cites_sections_of_the_protocol_that_exist()
    {
        HashSet<string> sections = [.. Section().Matches(Repository.Read("docs/protocol.md")).Select(match => match.Groups[1].Value)];

        Assert.Empty(
            from file in Repository.Files("*.cs")
            from Match citation in Citation().Matches(Repository.Read(file))
            where !sections.Contains(citation.Groups[1].Value)
            select $"{file}: {citation.Value}");
    }

    [Fact]
    public void Nothing_else_stands_at_the_top_level()
    {
        string[] folders = ["docs", "maintainer-tools", "protocol", "repo-node", "tests", "threshold-sig", "updater-agent"];
        string[] files = ["Directory.Build.props", "Directory.Packages.props", "README.md", "SupplyChain.sln", "global.json", "nuget.config"];
        IEnumerable<string> found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(path => Path.GetFileName(path)!)
            .Where(name => !name.StartsWith('.') && name is not ("artifacts" or "TestResults"));

        Assert.Equal(folders.Concat(files).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static bool Resolves(string document, string target)
    {
        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0
            ? document
            : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, parts[0])));

        if (!Path.Exists(Path.Combine(Repository.Root, path))) return false;

        return parts.Length == 1 || Heading().Matches(Repository.Read(path)).Any(match => AnchorOf(match.Groups[1].Value) == parts[1]);
    }

    private static string AnchorOf(string heading) =>
        NotInAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^## (\d+)\.", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"docs/protocol\.md §(\d+)")]
    private static partial Regex Citation();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
