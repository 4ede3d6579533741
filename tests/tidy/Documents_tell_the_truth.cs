using System.Text.RegularExpressions;

namespace SupplyChain.Tidy.Tests;

public partial class Documents_tell_the_truth
{
    private static readonly string[] Documents = [.. Repository.Files("*.md")];

    private static readonly string[] Tests = [.. Repository.Files("*.cs").Where(file => file.StartsWith("tests/", StringComparison.Ordinal))];

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
        string[] named = [.. ThreatRows().SelectMany(row => CodeIn(row.Tests))];

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(SourcesOf(name).Any(), name));
    }

    [Fact]
    public void The_refusals_that_the_threat_model_names_are_asserted_by_the_tests_it_names()
    {
        var refusals = (from row in ThreatRows() from name in CodeIn(row.Defence) where Refusal().IsMatch(name) select (Name: name, row.Tests)).ToList();

        Assert.NotEmpty(refusals);
        Assert.All(refusals, refusal => Assert.Contains(
            CodeIn(refusal.Tests).SelectMany(SourcesOf).Select(Repository.Read), source => Quotes(source, refusal.Name)));
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

    // Of "Attacks and what stops them": what stops it, and the tests that show it.
    private static IEnumerable<(string Defence, string Tests)> ThreatRows() =>
        from line in Repository.Read("docs/threat-model.md").Split('\n')
        let cells = line.Split('|')
        where cells.Length == 5
        select (cells[2], cells[3]);

    private static IEnumerable<string> CodeIn(string cell) => Code().Matches(cell).Select(match => match.Groups[1].Value);

    // A test is named by its class, its file or its folder.
    private static IEnumerable<string> SourcesOf(string test) => Tests.Where(file =>
        file.StartsWith($"tests/{test}/", StringComparison.Ordinal) || file == $"tests/{test}" || Path.GetFileNameWithoutExtension(file) == test);

    // As an expected value: by itself in a string, or behind a node's name.
    private static bool Quotes(string source, string refusal) => Regex.IsMatch(source, $"\"([a-z0-9-]+ )?{refusal}\"");

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

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Refusal();

    [GeneratedRegex(@"^## (\d+)\.", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"docs/protocol\.md §(\d+)")]
    private static partial Regex Citation();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
