using System.Text;
using SupplyChain.MaintainerTools.Shares;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>Secrets that do not open, places that are taken, folders that take nothing, and no terminal to ask on.</summary>
public sealed class Bad_surroundings : IDisposable
{
    private readonly Signing.Signers _signers = new();
    private readonly string _typed, _wrong;

    public Bad_surroundings()
    {
        _typed = Folder.File("typed", "correct horse\n"u8);
        _wrong = Folder.File("wrong", "incorrect horse\n"u8);
    }

    private TemporaryFolder Folder => _signers.Folder;

    [Theory]
    [InlineData("empty", "age-malformed", 4)]
    [InlineData("cut", "age-forged", 4)]
    [InlineData("cut short", "age-malformed", 4)]
    [InlineData("longer", "age-forged", 4)]
    [InlineData("garbage", "age-malformed", 4)]
    [InlineData("large", "file-too-large", 4)]
    [InlineData("another secret", "secret-malformed", 4)]
    [InlineData("missing", "file-unreadable", 3)]
    public async Task A_share_that_is_none_signs_nothing(string what, string name, int code)
    {
        byte[] good = File.ReadAllBytes(_signers.Share("alice"));
        File.Delete(_signers.Share("alice"));
        byte[]? bad = what switch
        {
            "empty" => [],
            "cut" => good[..^1],
            "cut short" => good[..40],
            "longer" => [.. good, 0],
            "garbage" => [.. Enumerable.Repeat((byte)0xff, 300)],
            "large" => new byte[ToolLimits.MaxAgeFileSize + 1],
            "another secret" => AgeFile.Seal("supplychain/share/v2\n"u8, _signers.Passphrase, ToolLimits.MinWorkFactor),
            _ => null,
        };
        if (bad is not null) File.WriteAllBytes(_signers.Share("alice"), bad);

        await AssertApprovesNothingAsync(_typed, code, name);
    }

    [Fact]
    public Task A_wrong_passphrase_signs_nothing() => AssertApprovesNothingAsync(_wrong, 4, "passphrase-wrong");

    [Fact]
    public Task An_empty_passphrase_signs_nothing() => AssertApprovesNothingAsync(Folder.File("nothing", []), 2, "passphrase-empty");

    [Fact]
    public Task An_endless_passphrase_signs_nothing() =>
        AssertApprovesNothingAsync(Folder.File("endless", Encoding.ASCII.GetBytes(new string('x', 5_000))), 2, "passphrase-long");

    [Theory]
    [InlineData("not a line\n", 1, "journal-damaged")]
    [InlineData("{}\n", 1, "journal-damaged")]
    [InlineData("\n", 1, "journal-damaged")]
    public async Task A_damaged_signing_journal_signs_nothing(string content, int code, string name)
    {
        Folder.File(Path.Combine("alice", "signing-journal.jsonl"), Encoding.UTF8.GetBytes(content));
        await AssertApprovesNothingAsync(_typed, code, name);
    }

    [Fact]
    public async Task A_signing_journal_that_cannot_be_opened_signs_nothing()
    {
        Directory.CreateDirectory(Folder.In("alice", "signing-journal.jsonl"));
        await AssertApprovesNothingAsync(_typed, 3, "journal-unwritable");
    }

    [Fact]
    public async Task What_is_there_is_never_overwritten()
    {
        string taken = Folder.File("taken.json", "mine"u8), release = Folder.File("r.json", Signing.Signers.Release().ToPayload());
        var run = await ShareProgram.RunAsync("promote", "--release", release, "--channel", "stable", "--first", "--out", taken, "--json");

        Assert.Equal((1, "file-exists"), (run.Code, run.ErrorName));
        Assert.Equal("mine", File.ReadAllText(taken));
    }

    [Fact]
    public async Task A_link_where_a_secret_goes_is_not_followed()
    {
        Directory.CreateDirectory(Folder.In("mallory"));
        File.CreateSymbolicLink(Folder.In("mallory", "identity.age"), Folder.In("elsewhere"));

        var run = await NewIdentityAsync(Folder.In("mallory"));

        Assert.Equal((1, "file-exists"), (run.Code, run.ErrorName));
        Assert.False(File.Exists(Folder.In("elsewhere")));
        Assert.Single(Directory.GetFileSystemEntries(Folder.In("mallory")));
    }

    [Fact]
    public async Task A_folder_that_takes_no_file_is_named()
    {
        var run = await NewIdentityAsync(Path.Combine(_typed, "below-a-file"));

        Assert.Equal((3, "file-unwritable"), (run.Code, run.ErrorName));
        Assert.Contains("below-a-file", run.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_a_passphrase_is_not_waited_for()
    {
        var run = await ShareProgram.RunAsync("id", "new", "--name", "dora", "--out", Folder.In("dora"), "--json");

        Assert.Equal((3, "no-terminal"), (run.Code, run.ErrorName));
        Assert.False(Directory.Exists(Folder.In("dora")));
    }

    [Fact]
    public async Task A_descriptor_that_is_not_open_is_named()
    {
        var run = await ShareProgram.RunAsync("id", "new", "--name", "dora", "--out", Folder.In("dora"), "--passphrase-fd", "999", "--json");
        Assert.Equal((3, "passphrase-unreadable"), (run.Code, run.ErrorName));
    }

    public void Dispose() => _signers.Dispose();

    private Task<ShareProgram.Run> NewIdentityAsync(string folder) =>
        ShareProgram.RunWithPassphraseAsync(_typed, "id", "new", "--name", "mallory", "--out", folder, "--work-factor", "10", "--json");

    private async Task AssertApprovesNothingAsync(string passphrase, int code, string name)
    {
        Directory.CreateDirectory(Folder.In("request"));
        Folder.File("request/statement.json", Signing.Signers.Release().ToPayload());
        Folder.File("request/group.json", _signers.Group.ToBytes());
        var run = await ShareProgram.RunWithPassphraseAsync(passphrase, "sign", "approve", "--dir", Folder.In("request"),
            "--share", _signers.Share("alice"), "--statement", Signing.Signers.Release().Id().ToHex(), "--json");

        Assert.True((code, name) == (run.Code, run.ErrorName), run.Output);
        Assert.False(Directory.Exists(Folder.In("request", "approvals")));
    }
}
