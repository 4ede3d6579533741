using System.Text.Json;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Tests.Ceremony;
using SupplyChain.MaintainerTools.Tests.Signing;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>From one trust root to the next with the program, by the old and the new group.</summary>
public sealed class RotationCommandTests : IDisposable
{
    private readonly Signers _old = new(), _renewed = new(ofOthers: true);
    private readonly string _typed, _first, _oldPublisher = KeyOf("publisher"), _newPublisher = KeyOf("another publisher");

    public RotationCommandTests()
    {
        _typed = _old.Folder.File("typed", "correct horse\n"u8);
        _first = _old.Folder.In("root-1.json");
        foreach (var signers in new[] { _old, _renewed }) signers.Folder.File(GroupFile.FileName, signers.Group.ToBytes());
    }

    [Fact]
    public async Task A_rotation_to_another_root_key_is_drafted_reviewed_signed_by_both_groups_and_followed()
    {
        await MakeFirstAsync();
        string draft = _old.Folder.In("root-2.statement.json"), second = _old.Folder.In("root-2.json");
        await Succeed("trust", "rotate", "--trust-root", _first, "--replace-key", $"root={GroupOf(_renewed)}",
            "--add-role", $"tools={GroupOf(_renewed)}:hammer", "--add-product", "acme=anvil", "--remove-publisher", _oldPublisher,
            "--add-publisher", _newPublisher, "--max-age", "900", "--out", draft);

        var review = await Succeed("trust", "show", "--trust-root", _first, "--statement", draft);
        Assert.False(review.GetProperty("signed").GetBoolean());
        string[] changes = [.. review.GetProperty("changes").EnumerateArray().Select(line => line.GetString()!)];
        string[] expected =
        [
            "version: 1 → 2", "max-age: 600 → 900", "role acme: signs for anvil too", $"publisher removed: {_oldPublisher}",
            $"publisher added: {_newPublisher}",
        ];
        Assert.Subset(changes.ToHashSet(), expected.ToHashSet());
        Assert.Contains(changes, line => line.StartsWith("role root: its key becomes", StringComparison.Ordinal));
        Assert.Contains(changes, line => line.StartsWith("role tools: added", StringComparison.Ordinal));

        string[] requests = [await ApproveAsync(_old, draft), await ApproveAsync(_renewed, draft)];
        await Succeed(["sign", "combine", "--dir", .. requests, "--out", second]);
        await Succeed("sign", "verify", "--envelope", second, "--group", GroupOf(_old), GroupOf(_renewed));

        var shown = await Succeed("trust", "show", "--trust-root", _first, "--rotation", second);
        Assert.Equal((2, true), (shown.GetProperty("version").GetInt32(), shown.GetProperty("signed").GetBoolean()));
        Assert.Equal(changes, shown.GetProperty("changes").EnumerateArray().Select(line => line.GetString()));

        await Succeed("trust", "rotate", "--trust-root", _first, "--rotation", second, "--out", _old.Folder.In("root-3.statement.json"));
        Assert.True(Statement.TryRead(await File.ReadAllBytesAsync(_old.Folder.In("root-3.statement.json")), out var third));
        var root = Assert.IsType<Rotation>(third).Root;
        Assert.Equal(3ul, root.Version);
        Assert.Equal(new EarlierKey(_old.Group.Key.PublicKey, 1, 1), Assert.Single(root.RootRole.Earlier));
    }

    [Fact]
    public async Task A_rotation_that_one_group_alone_signed_is_not_followed()
    {
        await MakeFirstAsync();
        string draft = _old.Folder.In("draft.json"), second = _old.Folder.In("root-2.json");
        await Succeed("trust", "rotate", "--trust-root", _first, "--replace-key", $"root={GroupOf(_renewed)}", "--out", draft);
        await Succeed("sign", "combine", "--dir", await ApproveAsync(_old, draft), "--out", second);
        Assert.Equal("rotation-signature-invalid", await NameOf(4, "trust", "show", "--trust-root", _first, "--rotation", second));
    }

    [Fact]
    public async Task A_draft_that_the_network_would_refuse_is_not_written()
    {
        await MakeFirstAsync();
        string[] rotate = ["trust", "rotate", "--trust-root", _first, "--out", _old.Folder.In("draft.json")];
        Assert.Equal("role-unknown", await NameOf(2, [.. rotate, "--add-product", "tools=hammer"]));
        Assert.Equal("role-exists", await NameOf(2, [.. rotate, "--add-role", $"acme={GroupOf(_renewed)}:hammer"]));
        Assert.Equal("key-unchanged", await NameOf(2, [.. rotate, "--replace-key", $"root={GroupOf(_old)}"]));
        Assert.Equal("publisher-unknown", await NameOf(2, [.. rotate, "--remove-publisher", _newPublisher]));
        Assert.Equal("products-malformed", await NameOf(2, [.. rotate, "--add-product", "acme"]));
        Assert.Equal("trust-root-invalid", await NameOf(2, [.. rotate, "--add-product", "acme=acme"]));
        Assert.False(File.Exists(_old.Folder.In("draft.json")));
    }

    [Fact]
    public async Task A_compromised_key_is_marked_shown_before_anybody_signs_and_marked_for_good()
    {
        await MakeFirstAsync();
        string draft = _old.Folder.In("root-2.statement.json"), second = _old.Folder.In("root-2.json");
        string[] rotate = ["trust", "rotate", "--trust-root", _first, "--replace-key", $"acme={GroupOf(_renewed)}", $"root={GroupOf(_renewed)}"];
        await Succeed([.. rotate, "--compromised", "acme@4711", "--out", draft]);

        // One group held both roles: its key is marked in both.
        var review = await Succeed("trust", "show", "--trust-root", _first, "--statement", draft);
        string[] marks = [.. review.GetProperty("changes").EnumerateArray().Select(line => line.GetString()!).Where(line => line.Contains("COMPROMISED", StringComparison.Ordinal))];
        Assert.Equal(2, marks.Length);
        Assert.StartsWith("role acme: its key", marks[0], StringComparison.Ordinal);
        Assert.Contains("after log index 4711 is void", marks[0], StringComparison.Ordinal);

        string request = await ApproveAsync(_old, draft);
        var seen = await ShareProgram.RunAsync("sign", "review", "--dir", request);
        Assert.Contains("COMPROMISED: verifies nothing after log index 4711", seen.Output, StringComparison.Ordinal);
        Assert.Contains("cannot be taken back", seen.Output, StringComparison.Ordinal);
        await Succeed("sign", "combine", "--dir", request, await ApproveAsync(_renewed, draft), "--out", second);

        // A later root keeps it, may lower it, and nothing else.
        string[] next = ["trust", "rotate", "--trust-root", _first, "--rotation", second, "--out", _old.Folder.In("root-3.statement.json")];
        Assert.Equal("rotation-against-rules", await NameOf(2, [.. next, "--compromised", "acme:1@4712"]));
        Assert.False(File.Exists(_old.Folder.In("root-3.statement.json")));
        await Succeed([.. next, "--compromised", "acme:1@4000"]);
        Assert.True(Statement.TryRead(await File.ReadAllBytesAsync(_old.Folder.In("root-3.statement.json")), out var third));
        EarlierKey expected = new(_old.Group.Key.PublicKey, 1, 1, CompromisedAfter: 4000);
        Assert.All(Assert.IsType<Rotation>(third).Root.Roles, role => Assert.Equal(expected, Assert.Single(role.Earlier)));
    }

    [Fact]
    public async Task A_mark_that_means_nothing_is_not_drafted()
    {
        await MakeFirstAsync();
        string draft = _old.Folder.In("draft.json");
        string[] rotate = ["trust", "rotate", "--trust-root", _first, "--out", draft];
        Assert.Equal("mark-without-new-key", await NameOf(2, [.. rotate, "--compromised", "acme@4711"]));
        Assert.Equal("earlier-key-unknown", await NameOf(2, [.. rotate, "--compromised", "acme:1@4711"]));
        Assert.Equal("role-unknown", await NameOf(2, [.. rotate, "--compromised", "tools@4711"]));
        foreach (string mark in (string[])["acme", "acme@", ":1@4711", "acme@-1", "acme:x@4711", "acme:1:2@4711", "acme@4711@4712"])
            Assert.Equal("mark-malformed", await NameOf(2, [.. rotate, "--compromised", mark]));
        Assert.Equal("marked-key-in-force", await NameOf(2, [.. rotate, "--replace-key", $"acme={GroupOf(_renewed)}", "--compromised", "acme@4711"]));
        Assert.False(File.Exists(draft));
    }

    [Fact]
    public async Task Requests_of_different_statements_or_of_one_group_are_not_combined()
    {
        await MakeFirstAsync();
        string one = _old.Folder.In("one.json"), other = _old.Folder.In("other.json"), output = _old.Folder.In("envelope.json");
        await Succeed("trust", "rotate", "--trust-root", _first, "--max-age", "700", "--out", one);
        await Succeed("trust", "rotate", "--trust-root", _first, "--max-age", "800", "--out", other);
        string request = await ApproveAsync(_old, one);
        Assert.Equal("statement-differs", await NameOf(4, "sign", "combine", "--dir", request, await ApproveAsync(_renewed, other), "--out", output));
        Assert.Equal("group-repeated", await NameOf(2, "sign", "combine", "--dir", request, request, "--out", output));
    }

    public void Dispose()
    {
        _old.Dispose();
        _renewed.Dispose();
    }

    private static string KeyOf(string seed) => Ed25519PrivateKey.FromSeed(TestNetwork.Seed(seed)).PublicKey.ToHex();

    private static string GroupOf(Signers signers) => signers.Folder.In(GroupFile.FileName);

    private async Task MakeFirstAsync()
    {
        string[] nodes = [.. TestNetwork.Create().Nodes.Select(node => _old.Folder.File($"{node.Name}.json", node.Identity.ToBytes()))];
        string statement = _old.Folder.In("root-1.statement.json");
        await Succeed(["trust", "new", "--origin", "example.org", "--node", .. nodes, "--role", $"root={GroupOf(_old)}",
            "--role", $"acme={GroupOf(_old)}:acme", "--publisher", _oldPublisher, "--out", statement]);
        await Succeed("sign", "combine", "--dir", await ApproveAsync(_old, statement), "--out", _first);
    }

    private async Task<string> ApproveAsync(Signers signers, string statement)
    {
        string request = signers.Folder.In("request " + Path.GetFileName(statement));
        var made = await Succeed("sign", "request", "--statement", statement, "--group", GroupOf(signers), "--dir", request);
        string id = made.GetProperty("id").GetString()!;
        foreach (string member in new[] { Gathering.Alice, "bob" })
        {
            var run = await ShareProgram.RunWithPassphraseAsync(
                _typed, "sign", "approve", "--dir", request, "--share", signers.Share(member), "--statement", id, "--json");
            Assert.True(run.Code == 0, run.Output + run.Error);
        }

        return request;
    }

    private static async Task<JsonElement> Succeed(params string[] arguments)
    {
        var run = await ShareProgram.RunAsync([.. arguments, "--json"]);
        Assert.True(run.Code == 0, run.Output + run.Error);
        return run.Json;
    }

    private static async Task<string> NameOf(int code, params string[] arguments)
    {
        var run = await ShareProgram.RunAsync([.. arguments, "--json"]);
        Assert.True(run.Code == code, run.Output + run.Error);
        return run.ErrorName;
    }
}
