using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Transport;

public sealed class SocketTests
{
    private static readonly byte[] Payload = Bytes(9_000_001);

    [Fact]
    public async Task An_update_comes_over_real_connections()
    {
        using var network = new FakeNetwork();
        network.Offer("1.0.0", Payload);
        await using var servers = new FakeServers(network);
        using var agent = await new AgentUnderTest(network, http: servers.Client()).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
        Assert.Equal(Payload.Length, agent.Json.GetProperty("downloadBytes").GetInt64());
        Assert.Empty(agent.Json.GetProperty("failures").EnumerateArray());
    }

    [Fact]
    public async Task A_closed_port_is_told_and_does_not_stop_the_update()
    {
        using var network = new FakeNetwork();
        network.Offer("1.0.0", Payload);
        await using var servers = new FakeServers(network);
        servers.Close(2);
        using var agent = await new AgentUnderTest(network, http: servers.Client()).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        var failure = agent.Json.GetProperty("failures").EnumerateArray().First();
        Assert.Equal(("node-02", "unreachable"), (failure.GetProperty("node").GetString(), failure.GetProperty("what").GetString()));
        Assert.Contains("refused", failure.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
