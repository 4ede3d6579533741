using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>What hurts the users of every update system most, and must not hurt ours.</summary>
public sealed class Failures_that_are_nobodys_fault
{
    private const int Year = 365 * 86_400;

    private static readonly byte[] One = Bytes(1), Two = Bytes(2);

    [Fact]
    public async Task An_expired_trust_root_blocks_nothing()
    {
        using var agent = await Offered();
        agent.Network.Now = agent.Network.Root.Expires + Year;
        var world = agent.World with { Clock = new SetClock(agent.Network.Now) };
        Assert.Equal(ExitCode.Done, await agent.RunIn(world, "install"));
        Assert.Equal(One, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task An_expired_trust_root_is_shown()
    {
        using var agent = await Offered();
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.False(agent.Json.TryGetProperty("rootExpired", out _));
        Assert.False((await agent.Status()).TryGetProperty("rootExpired", out _));

        agent.Network.Now = agent.Network.Root.Expires + Year;
        Assert.Equal(ExitCode.Done, await agent.RunIn(agent.World with { Clock = new SetClock(agent.Network.Now) }, "check"));
        Assert.True(agent.Json.GetProperty("rootExpired").GetBoolean());
        var status = await agent.Status();
        Assert.True(status.GetProperty("rootExpired").GetBoolean());
        Assert.Equal(agent.Network.Root.Expires, status.GetProperty("rootExpires").GetInt64());

        Assert.Equal(ExitCode.Done, await agent.Run(["status"]));
        Assert.Contains("which is past: tell its maintainers", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_years_offline_the_way_back_costs_what_every_update_costs()
    {
        using var agent = await Offered();
        await agent.RunJson("install");
        agent.Network.Offer("1.0.1", Two);
        agent.Network.Now += 100;
        agent.Network.Requests.Clear();
        await agent.RunIn(agent.World with { Clock = new SetClock(agent.Network.Now) }, "check");
        int requests = agent.Network.Requests.Count;

        for (int release = 2; release < 40; release++) agent.Network.Offer($"1.0.{release}", Two);
        agent.Network.Now += 3 * Year;
        agent.Network.Requests.Clear();
        var world = agent.World with { Clock = new SetClock(agent.Network.Now) };
        Assert.Equal(ExitCode.Done, await agent.RunIn(world, "check"));
        Assert.Equal("1.0.39", agent.Json.GetProperty("available").GetProperty("version").GetString());
        Assert.Equal(requests, agent.Network.Requests.Count);
        Assert.Equal(ExitCode.Done, await agent.RunIn(world, "install"));
        Assert.Equal(Two, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public async Task A_clock_that_is_years_off_stands_in_nobodys_way(int years)
    {
        using var agent = await Offered();
        await agent.RunJson("install");
        agent.Network.Offer("2.0.0", Two);
        var wrong = agent.World with { Clock = new SetClock(agent.Network.Now + ((long)years * Year)) };
        Assert.Equal(ExitCode.Done, await agent.RunIn(wrong, "install"));
        Assert.Equal(Two, await File.ReadAllBytesAsync(agent.CurrentFile!));

        // The wrong time is not remembered as the network's.
        Assert.Equal(agent.Network.Now, (await agent.Status()).GetProperty("latestTime").GetInt64());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_f_nodes_may_be_down(int down)
    {
        using var agent = await Offered();
        agent.Network.Nodes[down].IsDead = true;
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(One, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task A_node_that_never_comes_to_the_end_of_an_answer_costs_its_deadline_and_no_more()
    {
        using var agent = await Offered();
        agent.Network.Nodes[2].Tamper = (_, honest) =>
        {
            honest.Content = BadBodies.Stalling(honest.Content, 20);
            return honest;
        };
        var world = agent.World with { Transport = new TransportLimits { Answer = TimeSpan.FromSeconds(1.5) } };
        Assert.Equal(ExitCode.Done, await agent.RunIn(world, "install"));
        Assert.Equal(One, await File.ReadAllBytesAsync(agent.CurrentFile!));
        Assert.Contains(agent.Json.GetProperty("failures").EnumerateArray(), line => line.GetProperty("node").GetString() == "node-02");
    }

    [Fact]
    public async Task A_node_that_goes_down_in_the_middle_is_replaced()
    {
        using var agent = await Offered();
        int served = 0;
        agent.Network.Nodes[1].Tamper = (_, honest) =>
        {
            if (honest.Content.Headers.ContentRange is not null && Interlocked.Increment(ref served) == 2) agent.Network.Nodes[1].IsDead = true;
            return honest;
        };
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(One, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task Yesterdays_bundle_from_a_cache_beside_todays_checkpoint_is_passed_over()
    {
        using var agent = await Offered();
        await agent.RunJson("install");
        byte[] yesterday = (agent.Network.Log.Prove(agent.Network.Now) with { Note = agent.Network.Nodes[0].Note() }).ToBytes();
        agent.Network.Offer("2.0.0", Two);
        foreach (var node in agent.Network.Nodes.Take(3))
        {
            node.Tamper = (path, honest) => path.StartsWith("latest/", StringComparison.Ordinal) ? FakeNode.Bytes(yesterday) : honest;
        }

        Assert.Equal(ExitCode.Done, await agent.RunIn(agent.World with { Random = DrawnOrder.AskingFirst(0) }, "install"));
        Assert.Equal(Two, await File.ReadAllBytesAsync(agent.CurrentFile!));
        var cached = agent.Json.GetProperty("failures").EnumerateArray().First();
        Assert.Equal(("node-00", "behind"), (cached.GetProperty("node").GetString(), cached.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task Yesterdays_bytes_from_a_cache_are_not_taken()
    {
        using var agent = await Offered();
        await agent.RunJson("install");
        agent.Network.Offer("2.0.0", Two);
        agent.Network.Nodes[2].Tamper = (_, honest) =>
        {
            if (honest.Content.Headers.ContentRange is not { } range) return honest;

            var stale = FakeNode.Bytes(One[(int)range.From!.Value..((int)range.To!.Value + 1)], honest.StatusCode);
            stale.Content.Headers.ContentRange = range;
            return stale;
        };
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Two, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task Behind_a_proxy_that_alone_knows_the_way_everything_works()
    {
        // Nobody can resolve these nodes' names, but the proxy.
        using var network = new FakeNetwork();
        network.Offer("1.0.0", One);
        await using var servers = new FakeServers(network);
        using var folder = new TemporaryFolder();
        var state = await AgentProcess.Initialise(network, folder);
        var proxy = new Dictionary<string, string> { ["http_proxy"] = servers.Proxy.AbsoluteUri };
        var ended = await AgentProcess.Run(state, proxy, "install");
        Assert.True(ended.ExitCode == ExitCode.Done, ended.Output);
        Assert.Equal(One, await File.ReadAllBytesAsync(Path.Combine(folder.In("install"), "current", "payload.bin")));
    }

    [Fact]
    public async Task A_proxy_that_alters_what_it_passes_on_gets_nothing_installed()
    {
        using var network = new FakeNetwork();
        network.Offer("1.0.0", One);
        foreach (var node in network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                if (honest.Content.Headers.ContentRange is not null) honest.Content = BadBodies.Altered(honest.Content);
                return honest;
            };
        }

        await using var servers = new FakeServers(network);
        using var folder = new TemporaryFolder();
        var state = await AgentProcess.Initialise(network, folder);
        var ended = await AgentProcess.Run(state, new Dictionary<string, string> { ["http_proxy"] = servers.Proxy.AbsoluteUri }, "install");
        Assert.Equal((ExitCode.Failed, "download-incomplete"), (ended.ExitCode, ended.ErrorName));
        Assert.False(Directory.Exists(Path.Combine(folder.In("install"), "current")));
    }

    [Fact]
    public async Task A_name_whose_first_address_has_no_server_is_reached_at_its_second()
    {
        // The servers listen on 127.0.0.1 alone, and localhost is ::1 too wherever the machine has it.
        var (network, servers) = FakeServers.Reachable("localhost");
        await using var serving = servers;
        using var folder = new TemporaryFolder();
        network.Offer("1.0.0", One);
        var state = await AgentProcess.Initialise(network, folder);
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(state, "install")).ExitCode);
    }

    private static async Task<AgentUnderTest> Offered()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", One);
        return await new AgentUnderTest(network).Initialise();
    }

    private static byte[] Bytes(int seed)
    {
        byte[] bytes = new byte[2_000_000];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class SetClock(long unixSeconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
    }
}
