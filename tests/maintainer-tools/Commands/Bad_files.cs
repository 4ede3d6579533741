using System.Text;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>
/// Every file a command reads, spoilt in every way that needs no special knowledge: one stable name and exit code for each, and
/// nothing written.
/// </summary>
public sealed class Bad_files : IDisposable
{
    private const string Passphrase = "correct horse";

    private readonly Signing.Signers _signers = new();
    private readonly string _typed;

    public Bad_files() => _typed = _signers.Folder.File("typed", Encoding.UTF8.GetBytes(Passphrase + "\n"));

    private TemporaryFolder Folder => _signers.Folder;

    // The file that is spoilt: what it is called in the folder, how a good one is made, the command that reads it, and its refusal.
    private static readonly Case[] Readers =
    [
        new("root.json", _ => TestNetwork.Create().RootEnvelope.ToBytes(), "envelope-malformed root-malformed", ["trust", "show", "--trust-root", "{}/root.json"]),
        new("root.json", _ => TestNetwork.Create().RootEnvelope.ToBytes(), "envelope-malformed root-malformed", ["trust", "policy", "--trust-root", "{}/root.json"]),
        new("envelope.json", _ => Envelope().ToBytes(), "envelope-malformed", ["sign", "verify", "--envelope", "{}/envelope.json", "--group", "{}/group.json"]),
        new("group.json", signers => signers.Group.ToBytes(), "group-malformed", ["sign", "verify", "--envelope", "{}/good.json", "--group", "{}/group.json"]),
        new("statement.json", _ => Signing.Signers.Release().ToPayload(), "statement-malformed",
            ["sign", "request", "--statement", "{}/statement.json", "--group", "{}/group.json", "--dir", "{}/new"]),
        new("request/statement.json", _ => Signing.Signers.Release().ToPayload(), "statement-malformed", ["sign", "review", "--dir", "{}/request"]),
        new("request/group.json", signers => signers.Group.ToBytes(), "group-malformed", ["sign", "review", "--dir", "{}/request"]),
        new("ceremony/proposal.json", _ => Proposal.Create("acme", 2, 1, Members(), DateTimeOffset.UtcNow).ToBytes(), "proposal-malformed",
            ["ceremony", "status", "--dir", "{}/ceremony"]),
        new("alice.json", _ => Members()[0].ToBytes(), "identity-malformed",
            ["ceremony", "propose", "--dir", "{}/new", "--name", "acme", "--threshold", "1", "--faulty", "0", "--member", "{}/alice.json"]),
        new("node.json", _ => TestNetwork.Create().Nodes[0].Identity.ToBytes(), "node-malformed",
            ["trust", "new", "--origin", "example.org", "--node", "{}/node.json", "--role", "root={}/group.json",
                "--publisher", new string('0', 64), "--out", "{}/new.json"]),
        new("statement.json", _ => Signing.Signers.Release().ToPayload(), "statement-malformed release-malformed",
            ["promote", "--release", "{}/statement.json", "--channel", "stable", "--first", "--out", "{}/new.json"]),
    ];

    private static readonly Dictionary<string, Func<byte[], byte[]>> Spoilers = new()
    {
        ["empty"] = _ => [],
        ["cut in half"] = good => good[..(good.Length / 2)],
        ["cut by one"] = good => good[..^1],
        ["a byte too long"] = good => [.. good, (byte)'\n'],
        ["binary"] = good => [.. Enumerable.Range(0, good.Length).Select(number => (byte)((number * 37) & 0xff))],
        ["not UTF-8"] = good => [.. good[..2], 0xc3, 0x28, .. good[2..]],
        ["a field twice"] = good => [(byte)'{', .. FirstField(good), (byte)',', .. good[1..]],
        ["a field missing"] = good => [(byte)'{', .. good[(FirstField(good).Length + 2)..]],
        ["a field unknown"] = good => [.. "{\"x\":1,"u8, .. good[1..]],
        ["of another type"] = _ => "[]"u8.ToArray(),
        ["a nesting bomb"] = _ => Encoding.ASCII.GetBytes(new string('[', 50_000)),
    };

    public static TheoryData<int, string> Rows()
    {
        var rows = new TheoryData<int, string>();
        for (int reader = 0; reader < Readers.Length; reader++)
        {
            foreach (string spoiler in Spoilers.Keys) rows.Add(reader, spoiler);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Are_refused_by_name_and_nothing_is_written(int reader, string spoiler)
    {
        var (file, make, names, _) = Readers[reader];
        Prepare();
        Write(file, Spoilers[spoiler](make(_signers)));

        await AssertRefusedAsync(Readers[reader], 4, names);
    }

    public static TheoryData<int> AllReaders => new(Enumerable.Range(0, Readers.Length));

    [Theory]
    [MemberData(nameof(AllReaders))]
    public async Task That_are_too_large_not_there_or_no_files_are_too(int reader)
    {
        string path = Folder.In(Readers[reader].File);
        Prepare();
        Write(Readers[reader].File, new byte[(1 << 18) + 1]);
        await AssertRefusedAsync(Readers[reader], 4, "file-too-large");

        File.Delete(path);
        await AssertRefusedAsync(Readers[reader], 3, "file-unreadable");

        Directory.CreateDirectory(path);
        await AssertRefusedAsync(Readers[reader], 3, "file-unreadable");

        Directory.Delete(path);
        File.CreateSymbolicLink(path, path);
        await AssertRefusedAsync(Readers[reader], 3, "file-unreadable");
    }

    public void Dispose() => _signers.Dispose();

    private async Task AssertRefusedAsync(Case reader, int code, string names)
    {
        string[] before = Listing();
        var run = await ShareProgram.RunAsync([.. reader.Arguments.Select(argument => argument.Replace("{}", Folder.Path, StringComparison.Ordinal)), "--json"]);

        Assert.True(code == run.Code, run.Output + run.Error);
        Assert.Contains(run.ErrorName, names.Split(' '));
        var error = run.Json.GetProperty("error");
        Assert.Contains(Path.GetFileName(reader.File), error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.GetProperty("hint").GetString()!);
        Assert.Equal(before, Listing());
    }

    private string[] Listing() => [.. Directory.EnumerateFileSystemEntries(Folder.Path, "*", new EnumerationOptions
    {
        RecurseSubdirectories = true,
        AttributesToSkip = 0,
    }).Order(StringComparer.Ordinal)];

    private void Prepare()
    {
        Write("good.json", Envelope().ToBytes());
        Write("group.json", _signers.Group.ToBytes());
        Write("request/statement.json", Signing.Signers.Release().ToPayload());
        Write("request/group.json", _signers.Group.ToBytes());
        Assert.True(File.Exists(_typed));
    }

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Folder.In(name))!);
        File.WriteAllBytes(Folder.In(name), content);
    }

    private static Envelope Envelope() => Protocol.Statements.Envelope.Of(Signing.Signers.Release().ToPayload());

    private static PublicIdentity[] Members() =>
        [.. TestNetwork.Create().Nodes.Take(3).Select(node => new PublicIdentity(node.Name, node.VoteKey.PublicKey))];

    // The first name and value of an object whose first value is a string without quotes in it, or a number.
    private static byte[] FirstField(byte[] json) => json[1..Array.IndexOf(json, (byte)',')];

    private sealed record Case(string File, Func<Signing.Signers, byte[]> Make, string Names, string[] Arguments);
}
