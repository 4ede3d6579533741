using System.Security.Cryptography;

namespace SupplyChain.MaintainerTools.Demo.Cast;

/// <summary>
/// Five people, each a folder of their own, a passphrase of their own and processes of their own. What they share is the
/// ceremony's folder and the folders of signing requests.
/// </summary>
internal sealed class Maintainers(string folder, Stage stage)
{
    public const int Required = 3;
    private const int Faulty = 2;

    // People need scrypt's full cost for what they can remember; these passphrases have 128 random bits.
    public const string WorkFactor = "12";

    private static readonly string[] Names = ["alice", "bob", "carol", "dave", "erin"];
    private readonly Dictionary<string, string> _passphrases = Names.ToDictionary(
        name => name, _ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));

    public static int Members => Names.Length;

    /// <summary>The public result of the ceremony.</summary>
    public string GroupFile => Path.Combine(CeremonyFolder, "group.json");

    private string CeremonyFolder => Path.Combine(folder, "ceremony");

    /// <summary>Makes the group key: everybody at once, nobody in the middle.</summary>
    public async Task HoldCeremonyAsync()
    {
        await EachAsync(Names, name => ["id", "new", "--name", name, "--out", HomeOf(name), "--work-factor", WorkFactor]);
        await stage.ShareAsync(["ceremony", "propose", "--dir", CeremonyFolder, "--name", "demo", "--threshold", $"{Required}",
            "--faulty", $"{Faulty}", .. Names.SelectMany(name => new[] { "--member", Path.Combine(HomeOf(name), "identity.json") })]);
        await EachAsync(Names, name => ["ceremony", "join", "--dir", CeremonyFolder, "--id", HomeOf(name), "--work-factor", WorkFactor]);
        await EachAsync(Names, name => ["ceremony", "run", "--dir", CeremonyFolder, "--id", HomeOf(name), "--work-factor", WorkFactor]);
    }

    /// <summary>Has a statement approved by as many people as asked for; who they are changes from statement to statement.</summary>
    /// <returns>The request's folder.</returns>
    public async Task<string> ApproveAsync(string statement, int approvals)
    {
        string request = Path.ChangeExtension(statement, ".request");
        var asked = await stage.ShareAsync(["sign", "request", "--statement", statement, "--group", GroupFile, "--dir", request, "--json"]);
        string id = asked.Json.GetProperty("id").GetString()!;
        await EachAsync(Pick(approvals), name => ["sign", "approve", "--dir", request, "--id", HomeOf(name), "--statement", id]);
        return request;
    }

    /// <summary>Has a statement signed by the smallest number of people who can.</summary>
    /// <returns>The envelope's file.</returns>
    public async Task<string> SignAsync(string statement)
    {
        string envelope = Path.ChangeExtension(statement, ".envelope.json");
        string request = await ApproveAsync(statement, Required);
        await stage.ShareAsync(["sign", "combine", "--dir", request, "--out", envelope]);
        return envelope;
    }

    private string HomeOf(string name) => Path.Combine(folder, "people", name);

    private static IEnumerable<string> Pick(int count)
    {
        string[] shuffled = [.. Names];
        RandomNumberGenerator.Shuffle<string>(shuffled);
        return shuffled.Take(count);
    }

    private Task<ChildResult[]> EachAsync(IEnumerable<string> names, Func<string, string[]> command) =>
        Task.WhenAll(names.Select(name => stage.ShareAsync([.. command(name), "--passphrase-fd", "0"], _passphrases[name])));
}
