using System.Text;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Tests.Shares;

public sealed class SecretFileTests : IDisposable
{
    private const int Cheap = ToolLimits.MinWorkFactor;

    private readonly TemporaryFolder _folder = new();
    private readonly SecretBuffer _passphrase = new("correct horse"u8);

    [Fact]
    public void A_secret_comes_back_with_its_label_and_is_readable_by_its_owner_only()
    {
        using var secret = SecretBuffer.Random(SecretFile.SecretSize);
        SecretFile.Create(_folder.In("s.age"), SecretKind.Identity, "alice", secret, _passphrase, Cheap);

        using var opened = SecretFile.Open(_folder.In("s.age"), SecretKind.Identity, _passphrase, out string label);

        Assert.Equal(("alice", Convert.ToHexString(secret.Span)), (label, Convert.ToHexString(opened.Span)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.In("s.age")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_secret_of_one_kind_is_never_taken_for_another()
    {
        using var secret = SecretBuffer.Random(SecretFile.SecretSize);
        SecretFile.Create(_folder.In("s.age"), SecretKind.Publisher, "x", secret, _passphrase, Cheap);

        Assert.Equal("secret-malformed", FailureOf(() => SecretFile.Open(_folder.In("s.age"), SecretKind.Share, _passphrase, out _)));
    }

    [Fact]
    public void Nothing_is_ever_overwritten()
    {
        using var secret = SecretBuffer.Random(SecretFile.SecretSize);
        _folder.File("s.age", "precious"u8);

        Assert.Equal("file-exists", FailureOf(() => SecretFile.Create(_folder.In("s.age"), SecretKind.Share, "x", secret, _passphrase, Cheap)));
        Assert.Equal("precious", File.ReadAllText(_folder.In("s.age")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("supplychain/share/v1\nx\n")]
    [InlineData("supplychain/share/v1\nx\n00\n")]
    [InlineData("supplychain/share/v1\nx\nABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB\n")]
    [InlineData("supplychain/share/v1\nx\nabababababababababababababababababababababababababababababababab")]
    [InlineData("supplychain/share/v1\nx\nabababababababababababababababababababababababababababababababab\n\n")]
    [InlineData("supplychain/share/v2\nx\nabababababababababababababababababababababababababababababababab\n")]
    public void A_plaintext_in_another_spelling_is_refused(string plaintext)
    {
        _folder.File("s.age", AgeFile.Seal(Encoding.UTF8.GetBytes(plaintext), _passphrase, Cheap));

        Assert.Equal("secret-malformed", FailureOf(() => SecretFile.Open(_folder.In("s.age"), SecretKind.Share, _passphrase, out _)));
    }

    public void Dispose()
    {
        _passphrase.Dispose();
        _folder.Dispose();
    }

    private static string FailureOf(Action action) => Assert.Throws<CommandFailure>(action).Name;
}
