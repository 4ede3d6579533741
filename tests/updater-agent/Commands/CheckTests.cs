using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.UpdaterAgent.Tests.Commands;

public sealed class CheckTests
{
    private static readonly byte[] Payload = "version one"u8.ToArray();

    [Fact]
    public async Task A_new_network_offers_nothing_and_that_is_proven()
    {
        using var agent = await new AgentUnderTest(new FakeNetwork()).Initialise();
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal("nothing-released", agent.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_update_is_found_in_two_requests_to_one_node()
    {
        using var agent = await Offered();
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal("update-available", agent.Json.GetProperty("status").GetString());
        Assert.Equal("1.0.0", agent.Json.GetProperty("available").GetProperty("version").GetString());
        Assert.Equal((ulong)agent.Network.Log.Size.Value, agent.Json.GetProperty("treeSize").GetUInt64());
        Assert.Equal(2, agent.Json.GetProperty("requests").GetInt32());
        Assert.True(agent.Json.GetProperty("bytes").GetInt64() > 0);
        Assert.True(agent.Json.GetProperty("milliseconds").GetDouble() >= 0);
        Assert.Single(agent.Network.Requests.Select(request => request.Node).Distinct());
        Assert.Empty(agent.Json.GetProperty("failures").EnumerateArray());
    }

    [Fact]
    public async Task An_unchanged_checkpoint_ends_a_check_after_one_request_with_the_same_answer()
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal(1, agent.Json.GetProperty("requests").GetInt32());
        Assert.Equal("1.0.0", agent.Json.GetProperty("available").GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("damaged")]
    public async Task Without_the_stored_proof_an_unchanged_checkpoint_costs_one_request_more(string stored)
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        if (stored.Length == 0) File.Delete(agent.State.LastProof);
        else await File.WriteAllTextAsync(agent.State.LastProof, stored);
        Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal(2, agent.Json.GetProperty("requests").GetInt32());
        Assert.Equal("update-available", agent.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Dead_nodes_are_named_and_the_next_one_is_asked()
    {
        using var agent = await Offered();
        for (int node = 1; node < 4; node++) agent.Network.Nodes[node].IsDead = true;
        for (int run = 0; run < 3; run++) Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
        Assert.Equal("update-available", agent.Json.GetProperty("status").GetString());
        foreach (var failure in agent.Json.GetProperty("failures").EnumerateArray())
        {
            Assert.Equal("unreachable", failure.GetProperty("what").GetString());
            Assert.NotEqual("node-00", failure.GetProperty("node").GetString());
        }
    }

    [Fact]
    public async Task Without_any_node_there_is_no_quorum_and_every_node_is_shown()
    {
        using var agent = await Offered();
        foreach (var node in agent.Network.Nodes) node.IsDead = true;
        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.Equal("not-enough-answers", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(4, agent.Json.GetProperty("failures").GetArrayLength());
    }

    [Fact]
    public async Task An_old_log_is_refused_as_rolled_back_when_nobody_has_better()
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        var old = agent.Network.LogAfter(1);
        foreach (var node in agent.Network.Nodes) node.Log = old;
        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));
        Assert.Equal("checkpoint-rolled-back", agent.Json.GetProperty("error").GetProperty("name").GetString());
        await agent.RunJson("status");
        Assert.Equal(agent.Network.Log.Size.Value, agent.Json.GetProperty("treeSize").GetUInt64());
    }

    [Fact]
    public async Task One_node_that_replays_an_old_log_is_noted_and_passed_over()
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        agent.Network.Nodes[2].Log = agent.Network.LogAfter(1);
        for (int run = 0; run < 6; run++)
        {
            Assert.Equal(ExitCode.Done, await agent.RunJson("check"));
            Assert.All(agent.Json.GetProperty("failures").EnumerateArray(), failure =>
                Assert.Equal(("node-02", "checkpoint-rolled-back"), (failure.GetProperty("node").GetString(), failure.GetProperty("what").GetString())));
        }
    }

    [Fact]
    public async Task Two_certified_histories_stop_the_agent_at_once()
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        var other = new FakeNetwork();
        other.Offer("6.6.6", "other"u8.ToArray());
        foreach (var node in agent.Network.Nodes) node.Log = other.Log;
        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));
        Assert.Equal("checkpoint-forked", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(1, agent.Network.Requests.Count(request => request.Path == "/checkpoint") - 1);
    }

    [Fact]
    public async Task A_larger_history_that_does_not_extend_the_trusted_one_is_refused()
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        var other = new FakeNetwork();
        other.Offer("6.6.6", "other"u8.ToArray());
        other.Offer("7.7.7", "other"u8.ToArray());
        foreach (var node in agent.Network.Nodes) node.Log = other.Log;
        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));

        // The tiles show that this is no missing proof but a second certified history.
        Assert.Equal("checkpoint-forked", agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(4, agent.Json.GetProperty("evidence").GetArrayLength());
    }

    [Fact]
    public async Task A_larger_history_without_a_proof_or_tiles_is_refused()
    {
        using var agent = await Offered();
        await agent.RunJson("check");
        var other = new FakeNetwork();
        other.Offer("6.6.6", "other"u8.ToArray());
        other.Offer("7.7.7", "other"u8.ToArray());
        foreach (var node in agent.Network.Nodes)
        {
            node.Log = other.Log;
            node.Tamper = (path, honest) => path.StartsWith("tile", StringComparison.Ordinal) ? FakeNode.Bytes([1]) : honest;
        }

        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));
        Assert.Equal("consistency-invalid", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Attestations_by_fewer_than_a_quorum_are_no_quorum()
    {
        using var agent = await Offered();
        foreach (var node in agent.Network.Nodes) node.Cosigners = [0, 3];
        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.Equal("checkpoint-not-certified", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Old_attestations_are_no_quorum()
    {
        using var agent = await Offered();
        foreach (var node in agent.Network.Nodes) node.AttestationAge = TimeSpan.FromSeconds(agent.Network.Root.Freshness.MaxAge + 5);
        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.Equal("checkpoint-stale", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_bundle_of_junk_is_a_malformed_proof()
    {
        using var agent = await Offered();
        foreach (var node in agent.Network.Nodes) node.Tamper = (path, honest) => path.StartsWith("latest", StringComparison.Ordinal) ? FakeNode.Bytes([1, 2, 3]) : honest;
        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));
        Assert.Equal("proof-malformed", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task An_endless_checkpoint_is_cut_off()
    {
        using var agent = await Offered();
        foreach (var node in agent.Network.Nodes)
        {
            node.Tamper = (path, honest) =>
            {
                honest.Content = BadBodies.Oversized(honest.Content, Protocol.Limits.MaxNoteSize);
                return honest;
            };
        }

        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.All(agent.Json.GetProperty("failures").EnumerateArray(), failure => Assert.Equal("too-large", failure.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task A_node_that_stalls_is_given_up_at_the_deadline()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Payload);
        using var start = new AgentUnderTest(network);
        using var agent = new AgentUnderTest(network)
        {
            World = start.World with { Transport = new TransportLimits { Answer = TimeSpan.FromMilliseconds(150) } },
        };
        await agent.Initialise();
        foreach (var node in network.Nodes)
        {
            node.Tamper = (_, honest) =>
            {
                honest.Content = BadBodies.Stalling(honest.Content, 10);
                return honest;
            };
        }

        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        Assert.All(agent.Json.GetProperty("failures").EnumerateArray(), failure => Assert.Equal("timed-out", failure.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task An_error_of_a_node_is_told_by_its_name()
    {
        using var agent = await Offered();
        foreach (var node in agent.Network.Nodes)
        {
            node.Tamper = (_, _) => new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable)
            {
                Content = new StringContent("""{"type":"urn:supplychain:problem:starting"}"""),
            };
        }

        Assert.Equal(ExitCode.NoQuorum, await agent.RunJson("check"));
        var failure = agent.Json.GetProperty("failures").EnumerateArray().First();
        Assert.Equal(("http-status", "503 starting"), (failure.GetProperty("what").GetString(), failure.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_revoked_release_is_refused_by_name()
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        agent.Network.Revoke(agent.Network.Offer("1.0.0", Payload));
        await agent.Initialise();
        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));
        Assert.Equal("release-revoked", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_release_for_another_machine_is_refused_by_name()
    {
        using var agent = new AgentUnderTest(new FakeNetwork());
        agent.Network.Offer("1.0.0", Payload, release => release with { Target = new("riscv64") });
        await agent.Initialise();
        Assert.Equal(ExitCode.Refused, await agent.RunJson("check"));
        Assert.Equal("target-mismatch", agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    private static async Task<AgentUnderTest> Offered()
    {
        var network = new FakeNetwork();
        network.Offer("1.0.0", Payload);
        return await new AgentUnderTest(network).Initialise();
    }
}
