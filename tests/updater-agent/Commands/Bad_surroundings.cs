using System.Text;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

/// <summary>What the agent finds in its folders, spoilt: a stable name for each, and nothing changed by any command.</summary>
public sealed class Bad_surroundings
{
    private const string Start = "{\"product\":\"linux\",\"channel\":\"stable\",\"install\":\"/opt/linux\"";

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"product\":\"linux\"")]
    [InlineData(Start)]
    [InlineData(Start + "},")]
    [InlineData(Start + ",\"surprise\":1}")]
    [InlineData(Start + ",\"product\":\"linux\"}")]
    [InlineData(Start + ",\"pollSeconds\":\"60\"}")]
    [InlineData(Start + ",\"pollSeconds\":-1}")]
    [InlineData(Start + ",\"pollSeconds\":2592001}")]
    [InlineData(Start + ",\"pollSeconds\":99999999999}")]
    [InlineData(Start + ",\"cohort\":-1}")]
    [InlineData(Start + ",\"health\":\"/bin/true\"}")]
    [InlineData(Start + ",\"health\":[]}")]
    [InlineData(Start + ",\"health\":[\"\"]}")]
    [InlineData(Start + ",\"health\":[null]}")]
    [InlineData("{\"product\":7,\"channel\":\"stable\",\"install\":\"/opt/linux\"}")]
    [InlineData("{\"product\":\"\",\"channel\":\"stable\",\"install\":\"/opt/linux\"}")]
    [InlineData("{\"product\":\"../x\",\"channel\":\"stable\",\"install\":\"/opt/linux\"}")]
    [InlineData("{\"product\":\"linux\",\"channel\":\"Stable\",\"install\":\"/opt/linux\"}")]
    [InlineData("{\"product\":\"linux\",\"channel\":\"stable\",\"install\":\"relative\"}")]
    [InlineData("{\"product\":\"linux\",\"channel\":\"stable\",\"install\":null}")]
    [InlineData("{\"product\":\"linux\",\"channel\":\"stable\"}")]
    [InlineData("{\"product\":\"\\ud800\",\"channel\":\"stable\",\"install\":\"/opt/linux\"}")]
    public Task A_bad_configuration_stops_every_command(string json) => AssertConfigurationRefusedAsync(Encoding.UTF8.GetBytes(json));

    [Fact]
    public Task A_configuration_that_is_no_utf8_stops_every_command() =>
        AssertConfigurationRefusedAsync([.. "{\"product\":\""u8, 0xc3, 0x28, .. "\"}"u8]);

    [Fact]
    public Task A_nesting_bomb_stops_every_command() => AssertConfigurationRefusedAsync(Encoding.ASCII.GetBytes(new string('[', 60_000)));

    [Fact]
    public Task A_configuration_without_end_stops_every_command() =>
        AssertConfigurationRefusedAsync(Encoding.ASCII.GetBytes(Start + new string(' ', 70_000) + "}"));

    [Fact]
    public async Task The_longest_wait_that_a_configuration_may_ask_for_is_one_that_run_can_wait()
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise("--poll-seconds", "2592000");
        using var stop = new CancellationTokenSource();
        var running = agent.RunIn(agent.World with { Random = new LargestDraw() }, stop.Token, "run");
        while (!running.IsCompleted && agent.Network.Requests.IsEmpty) await Task.Delay(10);
        await stop.CancelAsync();

        // A wait too long for a timer would throw, whether or not it is cut short.
        Assert.Equal(ExitCode.Done, await running);
        Assert.Equal(1, agent.Json.GetProperty("cycles").GetInt32());
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2592001")]
    [InlineData("2147483647")]
    [InlineData("99999999999")]
    [InlineData("soon")]
    public async Task A_wait_that_no_configuration_may_have_is_refused_before_anything_is_made(string seconds)
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        Assert.Equal(ExitCode.Usage, await agent.TryInitialise(null, null, "--poll-seconds", seconds));
        var error = agent.Json.GetProperty("error");
        Assert.Equal("usage", error.GetProperty("name").GetString());
        Assert.Contains(seconds, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.State.Path));
    }

    [Theory]
    [InlineData("empty", "root-malformed")]
    [InlineData("cut", "root-malformed")]
    [InlineData("longer", "root-malformed")]
    [InlineData("large", "root-malformed")]
    [InlineData("missing", "trust-root-missing")]
    public async Task A_bad_trust_root_stops_every_command(string what, string name)
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        byte[] good = await File.ReadAllBytesAsync(agent.State.TrustRoot);
        File.Delete(agent.State.TrustRoot);
        if (what != "missing")
        {
            await File.WriteAllBytesAsync(agent.State.TrustRoot, what switch
            {
                "empty" => [],
                "cut" => good[..^1],
                "longer" => [.. good, (byte)'\n'],
                _ => new byte[70_000],
            });
        }

        await AssertEveryCommandFailsAsync(agent, ExitCode.Failed, name);
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_is_named()
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        await File.WriteAllTextAsync(agent.State.Path, "a file");

        Assert.Equal(ExitCode.Failed, await agent.TryInitialise());
        Assert.Equal("disk-failed", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal("a file", await File.ReadAllTextAsync(agent.State.Path));
    }

    private static async Task AssertConfigurationRefusedAsync(byte[] json)
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        await File.WriteAllBytesAsync(agent.State.Config, json);
        await AssertEveryCommandFailsAsync(agent, ExitCode.Environment, "config-malformed");
    }

    private static async Task AssertEveryCommandFailsAsync(AgentUnderTest agent, int code, string name)
    {
        string[] before = Listing(agent);
        foreach (string command in (string[])["status", "check", "install", "rollback", "run"])
        {
            Assert.Equal(code, await agent.RunJson(command));
            var error = agent.Json.GetProperty("error");
            Assert.Equal(name, error.GetProperty("name").GetString());
            Assert.NotEmpty(error.GetProperty("hint").GetString()!);
        }

        Assert.False(Directory.Exists(agent.Install));
        Assert.Equal(before, Listing(agent));
    }

    // The lock and the log are what every command may leave.
    private static string[] Listing(AgentUnderTest agent) =>
    [
        .. Directory.EnumerateFiles(agent.State.Path).Where(path => Path.GetFileName(path) != "lock").Order(StringComparer.Ordinal),
    ];

    private sealed class LargestDraw : Random
    {
        public override double NextDouble() => 0.999_999;
    }
}
