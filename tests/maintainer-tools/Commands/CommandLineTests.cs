using System.CommandLine;
using System.Text;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Commands;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private const string Passphrase = "correct horse battery staple";

    private readonly TemporaryFolder _folder = new();
    private readonly string _typed;

    public CommandLineTests() => _typed = _folder.File("typed", Encoding.UTF8.GetBytes(Passphrase + "\nnext line\n"));

    [Fact]
    public async Task From_three_people_to_a_signed_trust_root_and_release()
    {
        var printed = new StringBuilder();
        string group = await MakeGroupAsync("acme", printed);
        string rootGroup = await MakeGroupAsync("root", printed);

        // A release, reviewed against the file itself.
        string payload = _folder.File("acme-1.0.0.bin", new byte[10_000]);
        await Succeed(printed, "release", "new", "--origin", "example.org", "--product", "acme", "--version", "1.0.0", "--file", payload,
            "--kind", "tree", "--format", "file", "--sequence", "1", "--out", _folder.In("release.json"));
        await SignAsync("acme", group, "release", printed, ["--artifact", payload]);

        // The trust root, signed by the role root.
        string[] nodes = [.. TestNetwork.Create().Nodes.Select(node => _folder.File($"{node.Name}.json", NodeJson(node)))];
        var publisher = await ShareProgram.RunWithPassphraseAsync(_typed, "publisher", "new", "--out", _folder.In("publisher.age"), "--work-factor", "10", "--json");
        string key = publisher.Json.GetProperty("publisher").GetString()!;
        await Succeed(printed, ["trust", "new", "--origin", "example.org", "--node", .. nodes, "--role", $"root={rootGroup}",
            "--role", $"acme={group}:acme,tool", "--publisher", key, "--out", _folder.In("trust.json")]);
        await SignAsync("root", rootGroup, "trust", printed, []);

        string envelope = _folder.In("trust.envelope.json");
        var shown = await Succeed(printed, "trust", "show", "--trust-root", envelope);
        Assert.Equal(3, shown.Json.GetProperty("quorum").GetInt32());
        Assert.Equal(["acme", "root"], EnvelopeFile.LoadTrustRoot(envelope).Roles.Select(role => role.Name));
        var policy = await ShareProgram.RunAsync("trust", "policy", "--trust-root", envelope);
        Assert.Contains("quorum", policy.Output, StringComparison.Ordinal);

        AssertNoSecretsIn(printed.ToString());
    }

    [Fact]
    public async Task A_promotion_and_a_revocation_name_the_release()
    {
        string payload = _folder.File("a.bin", "a"u8);
        var release = await ShareProgram.RunAsync("release", "new", "--origin", "example.org", "--product", "acme", "--version", "1.0.0",
            "--file", payload, "--kind", "tree", "--format", "file", "--sequence", "1", "--out", _folder.In("r.json"), "--json");
        var promotion = await ShareProgram.RunAsync("promote", "--release", _folder.In("r.json"), "--channel", "stable", "--first",
            "--rollout", "0:10,3600:1000", "--out", _folder.In("p.json"), "--json");
        var revocation = await ShareProgram.RunAsync("revoke", "--origin", "example.org", "--product", "acme", "--version", "1.0.0",
            "--release-id", release.Json.GetProperty("id").GetString()!, "--reason", "it \"bites\"", "--out", _folder.In("v.json"), "--json");

        Assert.Equal(("release", "promotion", "revocation"), (Kind(release), Kind(promotion), Kind(revocation)));

        static string Kind(ShareProgram.Run run) => run.Json.GetProperty("kind").GetString()!;
    }

    [Theory]
    [InlineData("usage")]
    [InlineData("usage", "sign")]
    [InlineData("usage", "no-such-command")]
    [InlineData("usage", "id", "new")]
    [InlineData("usage", "id", "new", "--name", "alice", "--out", "x", "--work-factor", "9")]
    [InlineData("usage", "id", "new", "--name", "alice", "--out", "x", "--work-factor", "21")]
    [InlineData("version-invalid", "promote", "--origin", "o", "--product", "p", "--version", "v1", "--release-id", "00", "--channel", "c", "--first", "--out", "x")]
    [InlineData("release-missing", "revoke", "--reason", "r", "--out", "x")]
    [InlineData("malformed", "signature", "verify", "--public-key", "00", "--signature", "00", "--message-file", "x")]
    public async Task Wrong_usage_ends_with_2_and_says_what_to_do(string name, params string[] arguments)
    {
        var run = await ShareProgram.RunAsync([.. arguments, "--json"]);
        var plain = await ShareProgram.RunAsync(arguments);

        Assert.Equal((2, name), (run.Code, run.ErrorName));
        Assert.Equal((2, ""), (plain.Code, plain.Output));
        Assert.Contains("what to do:", plain.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "file-unreadable", "sign", "review", "--dir", "nowhere")]
    [InlineData(3, "file-unreadable", "trust", "show", "--trust-root", "nowhere")]
    [InlineData(3, "file-unreadable", "ceremony", "status", "--dir", "nowhere")]
    [InlineData(3, "payload-missing", "demo", "--payload", "nowhere")]
    public async Task A_missing_file_ends_with_3(int code, string name, params string[] arguments)
    {
        var run = await ShareProgram.RunAsync([.. arguments, "--json"]);

        Assert.Equal((code, name), (run.Code, run.ErrorName));
    }

    [Fact]
    public async Task A_refused_file_ends_with_4()
    {
        string garbage = _folder.File("garbage", "{}"u8);

        Assert.Equal("root-malformed", await NameOf(4, "trust", "show", "--trust-root", garbage));
        Assert.Equal("envelope-malformed", await NameOf(4, "sign", "verify", "--envelope", garbage, "--group", garbage));
        Assert.Equal("statement-malformed", await NameOf(4, "sign", "request", "--statement", garbage, "--group", await GroupAsync(), "--dir", _folder.In("r")));
    }

    [Fact]
    public async Task A_new_secret_is_never_written_over_an_old_one_and_a_short_passphrase_is_refused()
    {
        string[] create = ["id", "new", "--name", "alice", "--out", _folder.In("alice"), "--work-factor", "10", "--json"];
        string shortPassphrase = _folder.File("short", "short\n"u8);

        Assert.Equal("passphrase-short", (await ShareProgram.RunWithPassphraseAsync(shortPassphrase, create)).ErrorName);
        Assert.Equal(0, (await ShareProgram.RunWithPassphraseAsync(_typed, create)).Code);
        Assert.Equal("file-exists", (await ShareProgram.RunWithPassphraseAsync(_typed, create)).ErrorName);
    }

    [Fact]
    public async Task A_signature_is_valid_invalid_or_malformed()
    {
        var group = new TestGroup("plain");
        var share = group.Shares[0];
        string message = _folder.File("message", "message"u8);
        string key = StrictHex.Encode(group.Key.PublicShare(1).ToBytes()), signature = StrictHex.Encode(share.Sign("message"u8).Signature.ToBytes());

        Assert.Equal(0, (await VerifyAsync(key, signature, message)).Code);
        Assert.Equal(4, (await VerifyAsync(key, signature, _folder.File("other", "other"u8))).Code);
        Assert.Equal(4, (await VerifyAsync(key, signature, message, "--dst", "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_")).Code);
        Assert.Equal(2, (await VerifyAsync(key, signature[..^2] + "zz", message)).Code);
        Assert.Equal(2, (await VerifyAsync(key, "c0" + new string('0', 94), message)).Code);
    }

    [Fact]
    public void Control_characters_in_others_text_do_not_reach_the_terminal()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var screen = new Screen(output, error);

        screen.Line("\u001b[2Jname\u202etxt\n\u009b");
        screen.Note("\rover");

        Assert.Equal("\ufffd[2Jname\ufffdtxt\n\ufffd\n", output.ToString());
        Assert.Equal("\ufffdover\n", error.ToString());
    }

    [Fact]
    public void Every_command_has_a_description_and_an_example_that_parses()
    {
        var leaves = Leaves(ShareCommand.Build()).ToList();

        Assert.True(leaves.Count >= 19);
        foreach (var leaf in leaves)
        {
            Assert.NotEmpty(leaf.Description!);
            Assert.All(leaf.Options, option => Assert.NotEmpty(option.Description!));
            string line = leaf.Example["share ".Length..].Split(" > ")[0];
            Assert.Empty(ShareCommand.Build().Parse(line).Errors);
        }
    }

    [Fact]
    public async Task Help_shows_the_example()
    {
        var run = await ShareProgram.RunAsync("sign", "approve", "--help");

        Assert.Equal(0, run.Code);
        Assert.Contains("share sign approve --dir request --id ~/alice", run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> MakeGroupAsync(string name, StringBuilder printed)
    {
        string[] people = ["alice", "bob", "carol"];
        string shared = _folder.In(name, "shared");
        foreach (string person in people)
            await SucceedTyping(printed, "id", "new", "--name", person, "--out", _folder.In(name, person), "--work-factor", "10");
        await Succeed(printed, ["ceremony", "propose", "--dir", shared, "--name", name, "--threshold", "2", "--faulty", "1",
            "--member", .. people.Select(person => _folder.In(name, person, "identity.json"))]);
        foreach (string person in people)
            await SucceedTyping(printed, "ceremony", "join", "--dir", shared, "--id", _folder.In(name, person), "--work-factor", "10");
        await Task.WhenAll(people.Select(person => Task.Run(() => SucceedTyping(printed,
            "ceremony", "run", "--dir", shared, "--id", _folder.In(name, person), "--work-factor", "10", "--timeout", "30"))));

        var status = await Succeed(printed, "ceremony", "status", "--dir", shared);
        Assert.True(status.Json.GetProperty("done").GetBoolean());
        return Path.Combine(shared, GroupFile.FileName);
    }

    private async Task SignAsync(string groupName, string group, string name, StringBuilder printed, string[] review)
    {
        string request = _folder.In(name + "-request"), envelope = _folder.In(name + ".envelope.json");
        await Succeed(printed, "sign", "request", "--statement", _folder.In(name + ".json"), "--group", group, "--dir", request);
        string id = (await Succeed(printed, ["sign", "review", "--dir", request, .. review])).Json.GetProperty("id").GetString()!;
        string[] approve = ["sign", "approve", "--dir", request, "--id", _folder.In(groupName, "alice"), "--json"];
        var unsaid = await ShareProgram.RunWithPassphraseAsync(_typed, approve);
        var swapped = await ShareProgram.RunWithPassphraseAsync(_typed, [.. approve, "--statement", new string('0', 64)]);
        Assert.Equal((2, "statement-missing"), (unsaid.Code, unsaid.ErrorName));
        Assert.Equal((4, "statement-differs"), (swapped.Code, swapped.ErrorName));
        await SucceedTyping(printed, [.. approve[..^1], "--statement", id]);

        var early = await ShareProgram.RunAsync("sign", "combine", "--dir", request, "--out", envelope, "--json");
        Assert.Equal((4, "too-few-approvals"), (early.Code, early.ErrorName));

        await SucceedTyping(printed, "sign", "approve", "--dir", request, "--share", _folder.In(groupName, "carol", "share.age"), "--statement", id);
        await Succeed(printed, "sign", "combine", "--dir", request, "--out", envelope);
        Assert.True((await Succeed(printed, "sign", "verify", "--envelope", envelope, "--group", group)).Json.GetProperty("valid").GetBoolean());
    }

    private void AssertNoSecretsIn(string printed)
    {
        Assert.DoesNotContain(Passphrase, printed, StringComparison.Ordinal);
        using var passphrase = new SecretBuffer(Encoding.UTF8.GetBytes(Passphrase));
        var group = GroupFile.Load(_folder.In("acme", "shared", GroupFile.FileName));
        using var share = ShareFile.Open(_folder.In("acme", "alice", "share.age"), group, passphrase);
        byte[] secret = new byte[PrivateShare.SecretSize];
        share.ExportSecret(secret);

        Assert.DoesNotContain(StrictHex.Encode(secret), printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(secret), printed, StringComparison.Ordinal);
    }

    private async Task<string> GroupAsync()
    {
        using var gathering = new Tests.Ceremony.Gathering();
        var group = ((CeremonyAction.Done)gathering.Run()["alice"]).Group;
        string path = _folder.In("group.json");
        await File.WriteAllBytesAsync(path, group.ToBytes());
        return path;
    }

    // With --json: one object, and what is beside it never holds a secret.
    private static async Task<ShareProgram.Run> Succeed(StringBuilder printed, params string[] arguments) =>
        Succeeded(printed, await ShareProgram.RunAsync([.. arguments, "--json"]));

    private async Task<ShareProgram.Run> SucceedTyping(StringBuilder printed, params string[] arguments) =>
        Succeeded(printed, await ShareProgram.RunWithPassphraseAsync(_typed, [.. arguments, "--json"]));

    private static ShareProgram.Run Succeeded(StringBuilder printed, ShareProgram.Run run)
    {
        Assert.True(run.Code == 0, run.Output + run.Error);
        _ = run.Json;
        lock (printed) printed.Append(run.Output).Append(run.Error);
        return run;
    }

    private static async Task<string> NameOf(int code, params string[] arguments)
    {
        var run = await ShareProgram.RunAsync([.. arguments, "--json"]);
        Assert.Equal(code, run.Code);
        return run.ErrorName;
    }

    private static Task<ShareProgram.Run> VerifyAsync(string key, string signature, string message, params string[] more) =>
        ShareProgram.RunAsync(["signature", "verify", "--public-key", key, "--signature", signature, "--message-file", message, .. more]);

    private static IEnumerable<Leaf> Leaves(Command command) =>
        command is Leaf leaf ? [leaf] : command.Subcommands.SelectMany(Leaves);

    private static byte[] NodeJson(TestNode node)
    {
        var identity = node.Identity;
        return new CanonicalJsonWriter().BeginObject()
            .Field("name", identity.Name)
            .Name("attestationKey").Hex(identity.AttestationKey.Bytes)
            .Name("voteKey").Hex(identity.VoteKey.Bytes)
            .Name("logKey").Hex(identity.LogKey.Bytes)
            .Field("transportPin", identity.TransportPin)
            .Field("url", identity.Url)
            .Field("peer", identity.Peer)
            .EndObject().ToArray();
    }
}
