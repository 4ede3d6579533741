using System.Text;
using SupplyChain.Protocol;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Transport;

/// <summary>
/// Nodes that speak no HTTP, or a broken one, with bytes that a terminal would obey. Each is a named fault of the node; what it
/// said is shown, and obeyed by no terminal.
/// </summary>
public sealed class Malformed_answers
{
    private const string Red = "\u001b[31m", Title = "\u001b]0;mine\u0007", EightBit = "\u009b31m";

    [Theory]
    [InlineData(Red + "HTTP/9 what\r\n\r\n", "unreachable", true)]
    [InlineData(Title + EightBit + "\r\n\r\n", "unreachable", true)]
    [InlineData("HTTP/1.1 2" + Red + "0 OK\r\n\r\n", "unreachable", true)]
    [InlineData("HTTP/1.1 200 OK\r\nNo colon" + Red + "\r\n\r\n", "unreachable", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Red + "\r\n", "unreachable", false)]
    [InlineData("HTTP/1.1 500 " + Red + "\r\nContent-Length: 0\r\n\r\n", "http-status", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + Red, "truncated", false)]
    [InlineData("", "unreachable", false)]
    public async Task Are_named_faults_and_reach_no_terminal(string said, string name, bool isQuoted)
    {
        using var network = new FakeNetwork();
        await using var servers = new FakeServers(network);
        using var agent = await new AgentUnderTest(network, http: servers.Client()).Initialise();
        foreach (var node in network.Nodes) node.Babble = Encoding.Latin1.GetBytes(said);

        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.Equal("not-enough-answers", agent.Json.GetProperty("error").GetProperty("name").GetString());
        var failures = agent.Json.GetProperty("failures").EnumerateArray().ToList();
        Assert.Equal(4, failures.Count);
        Assert.All(failures, line =>
        {
            string detail = line.GetProperty("detail").GetString()!;
            Assert.Equal((name, false), (line.GetProperty("what").GetString(), detail.Any(char.IsControl)));
            Assert.Equal(isQuoted, detail.Contains('\uFFFD', StringComparison.Ordinal));
        });

        Assert.Equal(ExitCode.NoQuorum, await agent.Run(["check"]));
        Assert.DoesNotContain(agent.Output + agent.Errors, character => char.IsControl(character) && character != '\n');
    }

    [Fact]
    public async Task That_state_no_length_and_never_end_are_too_large()
    {
        using var network = new FakeNetwork();
        await using var servers = new FakeServers(network);
        using var agent = await new AgentUnderTest(network, http: servers.Client()).Initialise();
        foreach (var node in network.Nodes) node.Babble = Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\n\r\n" + new string('x', 2 * Limits.MaxNoteSize));

        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.All(agent.Json.GetProperty("failures").EnumerateArray(), line => Assert.Equal("too-large", line.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task That_state_no_length_are_read_to_their_end()
    {
        using var network = new FakeNetwork();
        await using var servers = new FakeServers(network);
        using var agent = await new AgentUnderTest(network, http: servers.Client()).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        foreach (var node in network.Nodes) node.Babble = [.. "HTTP/1.1 200 OK\r\n\r\n"u8, .. node.Note()];

        // The checkpoint is the trusted one, so no other question follows.
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal("nothing-released", agent.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Of_any_length_are_quoted_in_a_line()
    {
        using var network = new FakeNetwork();
        await using var servers = new FakeServers(network);
        using var agent = await new AgentUnderTest(network, http: servers.Client()).Initialise();
        foreach (var node in network.Nodes) node.Babble = Encoding.Latin1.GetBytes(new string('x', 3_000) + "\r\n\r\n");

        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.All(agent.Json.GetProperty("failures").EnumerateArray(), line =>
        {
            string detail = line.GetProperty("detail").GetString()!;
            Assert.EndsWith("xxx", detail, StringComparison.Ordinal);
            Assert.InRange(detail.Length, 1, 300);
        });
    }
}
