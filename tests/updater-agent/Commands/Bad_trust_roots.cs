using System.Text;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

/// <summary>What an operator may be handed in the place of a trust root: <c>init</c> names what is wrong and makes nothing.</summary>
public sealed class Bad_trust_roots
{
    private static readonly TestNetwork Keys = TestNetwork.Create();

    private static readonly Dictionary<string, Func<byte[]>> Files = new()
    {
        ["empty"] = () => [],
        ["cut off"] = () => Good[..^1],
        ["a byte too long"] = () => [.. Good, (byte)'\n'],
        ["too large"] = () => [.. Good, .. new byte[1 << 20]],
        ["not UTF-8"] = () => [.. Good[..2], 0xc3, 0x28, .. Good[2..]],
        ["a nesting bomb"] = () => Encoding.ASCII.GetBytes(new string('[', 60_000)),
        ["an array"] = () => "[]"u8.ToArray(),
        ["wrong base64"] = () => Changed("\"payload\":\"", "\"payload\":\"!"),
        ["a payload that is a number"] = () => Changed("\"payload\":\"", "\"payload\":7,\"x\":\""),
        ["signatures that are a number"] = () => Changed("\"signatures\":[", "\"signatures\":7,\"x\":["),
        ["a field twice"] = () => Changed("{\"payloadType\"", "{\"payload\":\"\",\"payloadType\""),
        ["a field missing"] = () => Changed("\"payloadType\":\"application/vnd.in-toto+json\",", ""),
        ["a field unknown"] = () => Changed("{\"payloadType\"", "{\"x\":1,\"payloadType\""),
        ["a release"] = () => Keys.Sign(TestNetwork.ReleaseOf("1.0.0")).ToBytes(),
        ["an unknown statement"] = () => Envelope.Of(Encoding.UTF8.GetBytes(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"urn:supplychain:surprise:v1\",\"predicate\":{}}")).ToBytes(),
    };

    private static byte[] Good => Keys.RootEnvelope.ToBytes();

    public static TheoryData<string> Kinds => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task That_are_none_are_root_malformed(string kind) => await AssertRefused(Files[kind](), "root-malformed");

    [Fact]
    public async Task That_others_signed_or_nobody_are_root_signature_invalid()
    {
        byte[] payload = Keys.Root.ToRotation().ToPayload();
        await AssertRefused(Envelope.Of(payload, Keys.Maintainers.Sign(payload)).ToBytes(), "root-signature-invalid");
        await AssertRefused(Envelope.Of(payload).ToBytes(), "root-signature-invalid");
    }

    private static async Task AssertRefused(byte[] file, string name)
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.In("root.json"), file);

        Assert.Equal(ExitCode.Refused, await agent.TryInitialise("--trust-root", folder.In("root.json")));

        var error = agent.Json.GetProperty("error");
        Assert.Equal(name, error.GetProperty("name").GetString());
        Assert.Contains(folder.In("root.json"), error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("its publisher", error.GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.State.Path));
    }

    private static byte[] Changed(string good, string bad)
    {
        string text = Encoding.UTF8.GetString(Good);
        Assert.Contains(good, text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal));
    }
}
