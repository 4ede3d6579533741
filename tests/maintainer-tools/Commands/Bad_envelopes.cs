using System.Text;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.MaintainerTools.Tests.Commands;

/// <summary>Envelopes and statements that are JSON and yet none of ours: a stable name for each, and nothing written.</summary>
public sealed class Bad_envelopes : IDisposable
{
    private readonly Signing.Signers _signers = new();
    private readonly string _group, _typed;

    public Bad_envelopes()
    {
        _group = Folder.File("group.json", _signers.Group.ToBytes());
        _typed = Folder.File("typed", "correct horse\n"u8);
    }

    private TemporaryFolder Folder => _signers.Folder;

    [Theory]
    [InlineData("a foreign character", "\"payload\":\"", "\"payload\":\"!")]
    [InlineData("a character too many", "\"payload\":\"", "\"payload\":\"A")]
    [InlineData("a line feed", "\"payload\":\"", "\"payload\":\"\\n")]
    [InlineData("padding in the middle", "\"payload\":\"", "\"payload\":\"AA==")]
    [InlineData("in a signature", "\"sig\":\"", "\"sig\":\"!")]
    [InlineData("a number for the payload", "\"payload\":\"", "\"payload\":7,\"x\":\"")]
    [InlineData("a number for the signatures", "\"signatures\":[", "\"signatures\":7,\"x\":[")]
    [InlineData("null for the payload's type", "\"payloadType\":\"application/vnd.in-toto+json\"", "\"payloadType\":null")]
    public async Task With_wrong_base64_or_types_are_malformed(string what, string good, string bad)
    {
        string text = Encoding.UTF8.GetString(TestNetwork.Create().Sign(Signing.Signers.Release()).ToBytes());
        Assert.True(text.Contains(good, StringComparison.Ordinal), what);
        string envelope = Folder.File("envelope.json", Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal)));

        var verified = await ShareProgram.RunAsync("sign", "verify", "--envelope", envelope, "--group", _group, "--json");
        AssertRefused(verified, "envelope-malformed", envelope);
        AssertRefused(await SubmitAsync(envelope), "envelope-malformed", envelope);
    }

    [Fact]
    public async Task Of_a_type_that_nobody_knows_are_not_signed_verified_or_submitted()
    {
        byte[] payload = Encoding.UTF8.GetBytes(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"urn:supplychain:surprise:v1\",\"predicate\":{}}");
        string statement = Folder.File("statement.json", payload);
        string envelope = Folder.File("envelope.json", Envelope.Of(payload, TestNetwork.Create().Maintainers.Sign(payload)).ToBytes());

        var requested = await ShareProgram.RunAsync("sign", "request", "--statement", statement, "--group", _group, "--dir", Folder.In("new"), "--json");
        AssertRefused(requested, "statement-malformed", statement);
        Assert.False(Directory.Exists(Folder.In("new")));

        Directory.CreateDirectory(Folder.In("request"));
        Folder.File("request/statement.json", payload);
        Folder.File("request/group.json", _signers.Group.ToBytes());
        AssertRefused(await ShareProgram.RunAsync("sign", "review", "--dir", Folder.In("request"), "--json"), "statement-malformed", "statement.json");
        var approved = await ShareProgram.RunWithPassphraseAsync(_typed, "sign", "approve", "--dir", Folder.In("request"),
            "--share", _signers.Share("alice"), "--statement", Protocol.Digest.Of(payload).ToHex(), "--json");
        AssertRefused(approved, "statement-malformed", "statement.json");
        Assert.False(Directory.Exists(Folder.In("request", "approvals")));

        AssertRefused(await ShareProgram.RunAsync("sign", "verify", "--envelope", envelope, "--group", _group, "--json"), "statement-malformed", envelope);
    }

    public void Dispose() => _signers.Dispose();

    private Task<ShareProgram.Run> SubmitAsync(string envelope)
    {
        string root = Folder.File("root.json", TestNetwork.Create().RootEnvelope.ToBytes());
        return ShareProgram.RunWithPassphraseAsync(_typed, "submit", "--trust-root", root, "--publisher", Folder.In("publisher.age"), "--envelope", envelope, "--json");
    }

    private static void AssertRefused(ShareProgram.Run run, string name, string seen)
    {
        Assert.True((4, name) == (run.Code, run.ErrorName), run.Output);
        var error = run.Json.GetProperty("error");
        Assert.Contains(seen, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.GetProperty("hint").GetString()!);
    }
}
