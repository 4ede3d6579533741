using System.IO.Compression;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Transport;

/// <summary>What nodes compress, and what they could do with that.</summary>
public sealed class CompressedAnswers : IDisposable
{
    private readonly FakeNetwork _network = new();
    private readonly AgentUnderTest _agent;

    public CompressedAnswers()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        _agent = new AgentUnderTest(_network);
    }

    [Fact]
    public async Task A_compressed_bundle_is_the_bundle_and_fewer_bytes()
    {
        await _agent.Initialise();
        await _agent.RunJson("check");
        long plain = _agent.Json.GetProperty("bytes").GetInt64();

        Encode(honest => Compressed(honest));
        File.Delete(_agent.State.LastProof);
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        Assert.InRange(_agent.Json.GetProperty("bytes").GetInt64(), 1, plain - 500);
    }

    [Fact]
    public async Task One_that_expands_beyond_the_limit_is_too_large()
    {
        Encode(_ => Compressed(new byte[64 << 20]));
        await AssertFault("too-large");
    }

    [Fact]
    public async Task One_that_is_no_stream_breaks_off_or_goes_on_is_a_bad_encoding()
    {
        Func<byte[], byte[]>[] bad = [honest => honest, honest => Compressed(honest)[..^1], honest => [.. Compressed(honest), 0]];
        foreach (var encode in bad)
        {
            Encode(encode);
            await AssertFault("bad-encoding");
        }
    }

    [Fact]
    public async Task An_encoding_that_was_not_asked_for_is_a_bad_encoding()
    {
        Encode(honest => honest, "gzip");
        await AssertFault("bad-encoding");
    }

    public void Dispose()
    {
        _agent.Dispose();
        _network.Dispose();
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using var body = new MemoryStream();
        using (var brotli = new BrotliStream(body, CompressionLevel.Optimal)) brotli.Write(bytes);
        return body.ToArray();
    }

    private void Encode(Func<byte[], byte[]> encode, string name = "br")
    {
        foreach (var node in _network.Nodes)
        {
            node.Tamper = (path, answer) =>
            {
                if (!path.StartsWith("latest/", StringComparison.Ordinal)) return answer;

                var encoded = FakeNode.Bytes(encode(answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult()));
                encoded.Content.Headers.ContentEncoding.Add(name);
                return encoded;
            };
        }
    }

    private async Task AssertFault(string name)
    {
        if (!File.Exists(_agent.State.Config)) await _agent.Initialise();
        Assert.Equal(ExitCode.NoQuorum, await _agent.RunJson("check"));
        var faults = _agent.Json.GetProperty("failures").EnumerateArray().Select(line => line.GetProperty("what").GetString());
        Assert.All(faults, fault => Assert.Equal(name, fault));
    }
}
