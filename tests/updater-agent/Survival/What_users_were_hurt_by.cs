using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>One test counts what the process holds, so no other runs beside these.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>What the users of other agents complain of, one test each. Resuming is in <see cref="Two_agents_at_once"/>.</summary>
[Collection(Alone.Name)]
public sealed class What_users_were_hurt_by
{
    private const int Cycles = 90;

    [Fact]
    public async Task A_version_that_was_rolled_back_is_not_applied_again_by_run()
    {
        using var agent = await Offered("1.0.0");
        await agent.RunJson("install");
        agent.Network.Offer("2.0.0", "two"u8.ToArray());
        await agent.RunJson("install");
        Assert.Equal(ExitCode.Done, await agent.RunJson("rollback"));
        agent.Network.Requests.Clear();

        await RunCycles(agent, 5);
        Assert.Equal("1.0.0", (await agent.Status()).GetProperty("installed").GetString());
        Assert.DoesNotContain(agent.Network.Requests, request => request.Path.StartsWith("/artifact/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_health_command_that_failed_once_is_not_asked_a_second_time_about_the_same_version()
    {
        // It fails the first time and would succeed ever after.
        string health = Path.Combine(Path.GetTempPath(), $"health-{Guid.NewGuid():n}");
        await File.WriteAllTextAsync(health, "#!/bin/sh\necho asked >> \"$0.asked\"\ntest \"$(wc -l < \"$0.asked\")\" -gt 1\n");
        File.SetUnixFileMode(health, (UnixFileMode)0b111_101_101);
        try
        {
            var network = new FakeNetwork();
            network.Offer("1.0.0", "one"u8.ToArray());
            using var agent = await new AgentUnderTest(network).Initialise("--health", health);
            Assert.Equal(ExitCode.Failed, await agent.RunJson("install"));
            await RunCycles(agent, 5);
            Assert.Null(agent.CurrentFile);
            Assert.Single(await File.ReadAllLinesAsync(health + ".asked"));
            Assert.Equal("1.0.0", (await agent.Status()).GetProperty("quarantined")[0].GetProperty("version").GetString());
        }
        finally
        {
            File.Delete(health);
            File.Delete(health + ".asked");
        }
    }

    [Fact]
    public async Task Rollback_is_there_and_brings_back_the_very_bytes()
    {
        using var agent = await Offered("1.0.0");
        await agent.RunJson("install");
        byte[] before = await File.ReadAllBytesAsync(agent.CurrentFile!);
        agent.Network.Offer("2.0.0", "two"u8.ToArray());
        await agent.RunJson("install");
        Assert.Equal(ExitCode.Done, await agent.RunJson("rollback"));
        Assert.Equal(before, await File.ReadAllBytesAsync(agent.CurrentFile!));
    }

    [Fact]
    public async Task A_daemon_that_looks_again_and_again_does_not_grow()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", "one"u8.ToArray());
        await using var servers = new FakeServers(network);
        using var agent = await new AgentUnderTest(network, http: servers.Client()).Initialise();
        await RunCycles(agent, Cycles / 3);
        var (handles, heap) = (OpenFiles(), GC.GetTotalMemory(forceFullCollection: true));

        network.Requests.Clear();
        await RunCycles(agent, Cycles);
        Assert.True(OpenFiles() <= handles + 20, $"{handles} open files became {OpenFiles()}");
        long grown = GC.GetTotalMemory(forceFullCollection: true) - heap;
        // A cycle that kept its answers would keep 6 kB, and its session much more.
        Assert.True(grown < Cycles * 4_000, $"{grown} bytes in {Cycles} cycles");
        Assert.True(Directory.GetFiles(agent.State.Log).Length <= 4);
    }

    private static async Task<AgentUnderTest> Offered(string version)
    {
        var network = new FakeNetwork();
        network.Offer(version, "one"u8.ToArray());
        return await new AgentUnderTest(network).Initialise();
    }

    // The program's own loop, its waits hurried.
    private static async Task RunCycles(AgentUnderTest agent, int cycles)
    {
        string config = await File.ReadAllTextAsync(agent.State.Config);
        if (!config.Contains("pollSeconds", StringComparison.Ordinal))
            await File.WriteAllTextAsync(agent.State.Config, config.Replace("{", "{\"pollSeconds\":5,", StringComparison.Ordinal));
        var limits = new TransportLimits { Answer = TimeSpan.FromHours(1) };
        var hurried = agent.World with { Clock = new HurriedClock(), Transport = limits };
        using var stop = new CancellationTokenSource();
        int before = agent.Network.Requests.Count(request => request.Path == "/checkpoint");
        var running = agent.RunIn(hurried, stop.Token, "run");
        while (agent.Network.Requests.Count(request => request.Path == "/checkpoint") < before + cycles && !running.IsCompleted) await Task.Delay(10);
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Done, await running);
        Assert.True(agent.Json.GetProperty("cycles").GetInt32() > 1);
    }

    private static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
