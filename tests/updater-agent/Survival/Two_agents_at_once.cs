using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>One process works, another one comes; and the one that works is asked to stop.</summary>
public sealed class Two_agents_at_once
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly byte[] Payload = [.. Enumerable.Range(0, 3_000_000).Select(index => (byte)(index % 251))];

    [Fact]
    public async Task The_second_says_who_holds_the_lock_and_ctrl_c_in_the_first_keeps_what_was_downloaded()
    {
        var (network, servers) = FakeServers.Reachable();
        await using var serving = servers;
        using var folder = new TemporaryFolder();
        network.Offer("1.0.0", Payload);
        var state = await AgentProcess.Initialise(network, folder);
        int served = 0;
        foreach (var node in network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                // Two pieces come; the rest takes half a minute, and no node is at fault.
                if (honest.Content.Headers.ContentRange is not null && Interlocked.Increment(ref served) > 2)
                    honest.Content = BadBodies.Trickling(honest.Content, 2_048);
                return honest;
            };
        }

        using var first = AgentProcess.Start(state, "install");
        using var late = new CancellationTokenSource(Patience);
        while (Volatile.Read(ref served) <= 2) await Task.Delay(20, late.Token);
        var second = await AgentProcess.Run(state, "install");
        Assert.Equal((ExitCode.Locked, "locked"), (second.ExitCode, second.ErrorName));
        string message = second.Json.GetProperty("error").GetProperty("message").GetString()!;
        Assert.Contains($"process {first.Id} (updater-agent install --state {state.Path} --json), since 20", message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await AgentProcess.Run(state, "status")).ExitCode);

        first.PressControlC();
        var interrupted = await first.End();
        Assert.Equal((ExitCode.Interrupted, "interrupted"), (interrupted.ExitCode, interrupted.ErrorName));

        foreach (var node in network.Nodes) node.Tamper = null;
        var resumed = await AgentProcess.Run(state, "install");
        Assert.Equal(ExitCode.Done, resumed.ExitCode);
        Assert.True(resumed.Json.GetProperty("resumedBytes").GetInt64() > 0);
        Assert.Equal(Payload, await File.ReadAllBytesAsync(Path.Combine(folder.In("install"), "current", "payload.bin")));
    }

    [Fact]
    public async Task Ctrl_c_after_the_switch_waits_until_the_new_version_is_known_to_be_healthy()
    {
        var (network, servers) = FakeServers.Reachable();
        await using var serving = servers;
        using var folder = new TemporaryFolder();
        network.Offer("1.0.0", Payload);
        string started = folder.In("started");
        string health = folder.In("health");
        await File.WriteAllTextAsync(health, $"#!/bin/sh\ntouch {started}\nsleep 1\n");
        File.SetUnixFileMode(health, (UnixFileMode)0b111_101_101);
        var state = await AgentProcess.Initialise(network, folder, "--health", health);

        using var agent = AgentProcess.Start(state, "install");
        using var late = new CancellationTokenSource(Patience);
        while (!File.Exists(started)) await Task.Delay(20, late.Token);
        agent.PressControlC();
        var ended = await agent.End();
        Assert.Equal(ExitCode.Done, ended.ExitCode);
        Assert.Equal("installed", ended.Json.GetProperty("status").GetString());
        Assert.Equal("confirmed", (await AgentProcess.Run(state, "status")).Json.GetProperty("step").GetString());
    }
}
