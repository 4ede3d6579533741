using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Notes;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

/// <summary>What the program does about a node that signs two histories: it keeps the proof, hands it on, and asks it no more.</summary>
public sealed class Two_histories_of_one_node
{
    private static readonly byte[] Payload = "payload"u8.ToArray();

    [Fact]
    public async Task A_cosignature_on_another_root_convicts_and_the_update_is_installed_without_its_signer()
    {
        using var agent = await Offered();
        var fork = new Checkpoint(TestNetwork.Origin, agent.Network.Log.Checkpoint.Size, Digest.Of([9]));
        byte[] note = agent.Network.Keys.Note(fork, agent.Network.Keys.Nodes[2].Attest(fork, agent.Network.Now));
        agent.Network.Nodes[2].Tamper = (path, honest) => path == "checkpoint" ? FakeNode.Bytes(note) : honest;

        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.Equal(Payload, await File.ReadAllBytesAsync(agent.CurrentFile!));
        var line = Assert.Single(agent.Json.GetProperty("evidence").EnumerateArray());
        Assert.Equal("node-02", line.GetProperty("node").GetString());
        Assert.Contains("two roots", line.GetProperty("contradiction").GetString(), StringComparison.Ordinal);

        byte[] file = await File.ReadAllBytesAsync(line.GetProperty("file").GetString()!);
        Assert.True(Evidence.TryRead(file, out var evidence));
        Assert.True(evidence.Judge(agent.Network.Root).TryGet(out var conviction, out _));
        Assert.Equal(2, conviction.Node);
        foreach (int node in new[] { 0, 1, 3 }) Assert.Contains(file, agent.Network.Nodes[node].Accusations);

        await agent.RunJson("status");
        Assert.Equal(1, agent.Json.GetProperty("evidence").GetArrayLength());
        agent.Network.Requests.Clear();
        for (int run = 0; run < 8; run++) Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal(1, agent.Json.GetProperty("evidence").GetArrayLength());
        Assert.DoesNotContain(agent.Network.Requests, request => request.Node == 2);
    }

    [Fact]
    public async Task Two_certified_histories_leave_a_proof_against_everyone_who_signed_both()
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        var other = new FakeNetwork();
        other.Offer("6.6.6", "other"u8.ToArray());
        foreach (var node in agent.Network.Nodes) (node.Log, node.Cosigners) = (other.Log, [0, 1, 2]);

        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));
        Assert.Equal("checkpoint-forked", agent.Json.GetProperty("error").GetProperty("name").GetString());
        var named = agent.Json.GetProperty("evidence").EnumerateArray().Select(line => line.GetProperty("node").GetString());
        Assert.Equal(["node-00", "node-01", "node-02"], named);

        // It stays stopped, whoever is asked and whatever they say now.
        foreach (var node in agent.Network.Nodes) (node.Log, node.Cosigners) = (null, null);
        agent.Network.Requests.Clear();
        Assert.Equal(ExitCode.Refused, await agent.RunJson("install"));
        Assert.Equal("checkpoint-forked", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Empty(agent.Network.Requests);
    }

    [Fact]
    public async Task Damaged_evidence_and_evidence_against_nobody_count_for_nothing()
    {
        using var agent = await Offered();
        Directory.CreateDirectory(agent.State.Evidence);
        await File.WriteAllBytesAsync(Path.Combine(agent.State.Evidence, "node-01.evidence"), [1, 2, 3]);
        await File.WriteAllBytesAsync(Path.Combine(agent.State.Evidence, "node-02.evidence"), new byte[100_000]);
        Assert.Equal(ExitCode.Done, await agent.RunJson("install"));
        Assert.False(agent.Json.TryGetProperty("evidence", out _));
    }

    private static async Task<AgentUnderTest> Offered()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Payload);
        return await new AgentUnderTest(network).Initialise();
    }
}
