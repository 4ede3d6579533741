using System.Text.Json;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Installation;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Survival;

/// <summary>
/// The agent is killed before every single effect of an update: each request to a node and each operation on the disk, be it
/// for the trusted state, the proof, the slot or the journal; with nothing lost, with everything lost that was not
/// synced, and with some of it lost. Then it starts again.
/// </summary>
public sealed class Killed_at_every_effect
{
    private const int Losses = 3;

    private static readonly byte[] Old = Bytes(1, 70_000);
    private static readonly byte[] New = Bytes(2, 600_000);

    [Fact]
    public Task Of_the_first_installation() => KillEverywhere(installedBefore: false);

    [Fact]
    public Task Of_an_update() => KillEverywhere(installedBefore: true);

    private static async Task KillEverywhere(bool installedBefore)
    {
        using var network = new FakeNetwork();
        network.Offer("1.0.0", Old);
        var before = network.LogAfter(2);
        network.Offer("2.0.0", New);
        bool killed = true;
        for (int effects = 0; killed; effects++)
        {
            using var agent = await new AgentUnderTest(network).Initialise();
            foreach (var node in network.Nodes) node.Log = before;
            Assert.Equal(ExitCode.Done, await agent.RunJson(installedBefore ? "install" : "check"));
            var trusted = await agent.Status();
            foreach (var node in network.Nodes) node.Log = null;

            var disk = new PowerCutDisk(effects);
            killed = await IsKilled(agent, disk);
            if (effects % Losses > 0) disk.LoseUnsynced(effects % Losses == 1 ? null : new Random(effects));

            await AssertWhole(agent, trusted, installedBefore);
            if (!killed) Assert.Equal(New, await File.ReadAllBytesAsync(agent.CurrentFile!));

            // And it goes on from there.
            Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
            Assert.Equal(New, await File.ReadAllBytesAsync(agent.CurrentFile!));
            Assert.Equal("2.0.0", (await agent.Status()).GetProperty("installed").GetString());
        }
    }

    private static async Task<bool> IsKilled(AgentUnderTest agent, PowerCutDisk disk)
    {
        using var http = new HttpClient(new KilledNetwork(agent.Network, disk), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            // One request at a time, so that the same number means the same effect in every run.
            var limits = new DownloadLimits { PerNode = 1 };
            Assert.Equal(ExitCode.Done, await agent.RunIn(agent.World with { Http = http, Disk = disk, Download = limits }, "install"));
            return false;
        }
        catch (PowerCutException)
        {
            return true;
        }
    }

    private static async Task AssertWhole(AgentUnderTest agent, JsonElement trusted, bool installedBefore)
    {
        byte[]? current = agent.CurrentFile is { } file ? await File.ReadAllBytesAsync(file) : null;
        Assert.True(current is null ? !installedBefore : current.AsSpan().SequenceEqual(Old) || current.AsSpan().SequenceEqual(New));

        var status = await agent.Status();
        foreach (string monotone in (string[])["treeSize", "latestTime", "rootVersion"])
            Assert.True(status.GetProperty(monotone).GetInt64() >= trusted.GetProperty(monotone).GetInt64(), monotone);
        Assert.NotEqual(-1, string.CompareOrdinal(status.GetProperty("floor").GetString(), trusted.GetProperty("floor").GetString()));
        Assert.Equal(0, status.GetProperty("quarantined").GetArrayLength());
    }

    private static byte[] Bytes(int seed, int size)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Requests end with the power too.</summary>
    private sealed class KilledNetwork(FakeNetwork network, PowerCutDisk disk) : DelegatingHandler(network)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            disk.Count();
            return base.SendAsync(request, cancellationToken);
        }
    }
}
