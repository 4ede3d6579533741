using SupplyChain.Tests.Kit;

namespace SupplyChain.Fuzz.Tests.Inputs;

/// <summary>
/// Inputs that once broke a reader, one text file a reader: base64, a line each, under a line <c># what it did</c>. They
/// are read again by every test run.
/// </summary>
internal static class Corpus
{
    private const string Extension = ".txt";

    private static string Folder => RepositoryRoot.Combine("tests", "fuzz", "corpus");

    public static IEnumerable<(string Reader, byte[] Input)> All() =>
        from file in Directory.EnumerateFiles(Folder, "*" + Extension).Order(StringComparer.Ordinal)
        from line in File.ReadAllLines(file)
        where line.Length > 0 && line[0] != '#'
        select (Path.GetFileNameWithoutExtension(file), Convert.FromBase64String(line));

    public static string Keep(string reader, string why, byte[] input)
    {
        string path = Path.Combine(Folder, reader + Extension);
        string line = Convert.ToBase64String(input);
        if (!File.Exists(path) || !File.ReadLines(path).Contains(line)) File.AppendAllText(path, $"# {OneLine(why)}\n{line}\n");
        return path;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
