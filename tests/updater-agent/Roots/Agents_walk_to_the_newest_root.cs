using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Roots;

/// <summary>Step 2 of docs/protocol.md §7 by the whole program: what rotations do to agents that know older roots.</summary>
public sealed class Agents_walk_to_the_newest_root : IDisposable
{
    private static readonly TestGroup NewRoot = new("root renewed"), NewKernel = new("kernel renewed");

    private readonly FakeNetwork _network = new();
    private readonly AgentUnderTest _agent;

    public Agents_walk_to_the_newest_root() => _agent = new AgentUnderTest(_network);

    private TestGroup RootHolders => _network.Keys.RootHolders;

    [Fact]
    public async Task An_agent_two_rotations_behind_installs_what_only_the_newest_root_s_key_signed()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        await _agent.Initialise();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("install"));

        RotateTwice();
        _network.Offer("1.1.0", "two"u8.ToArray());
        Assert.Equal(ExitCode.Done, await _agent.RunJson("install"));
        Assert.Equal("two", File.ReadAllText(_agent.CurrentFile!));
        Assert.Equal(3ul, await RootVersion());
    }

    [Fact]
    public async Task What_an_old_key_signed_before_the_rotation_stays_valid()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        RotateTwice();
        await _agent.Initialise();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("install"));
        Assert.Equal("one", File.ReadAllText(_agent.CurrentFile!));
    }

    [Fact]
    public async Task What_an_old_key_signs_after_the_rotation_is_refused()
    {
        RotateTwice();
        _network.Maintainers = _network.Keys.Maintainers;
        _network.Offer("1.1.0", "two"u8.ToArray());
        await _agent.Initialise();
        await AssertRefused("promotion-signature-invalid");
    }

    [Fact]
    public async Task An_agent_that_slept_through_many_rotations_ends_up_right()
    {
        await _agent.Initialise();
        for (int i = 0; i < 12; i++) _network.Rotate(_network.NewestRoot.Next(), RootHolders);
        _network.Offer("1.0.0", "one"u8.ToArray());
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        Assert.Equal(13ul, _agent.Json.GetProperty("rootVersion").GetUInt64());
    }

    [Fact]
    public async Task Roots_once_walked_to_are_kept_and_not_asked_for_again()
    {
        RotateTwice();
        _network.Offer("1.0.0", "one"u8.ToArray());
        await _agent.Initialise();
        await _agent.RunJson("check");
        _network.Requests.Clear();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        Assert.Equal(3ul, await RootVersion());
        Assert.DoesNotContain(_network.Requests, request => request.Path.StartsWith("/trust/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_honest_node_is_enough_and_the_others_are_named()
    {
        RotateTwice();
        _network.Offer("1.0.0", "one"u8.ToArray());
        foreach (var node in _network.Nodes.Take(3)) node.Tamper = (path, answer) => IsRoot(path) ? FakeNode.Bytes("junk"u8.ToArray()) : answer;
        await _agent.Initialise();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        Assert.Equal(3ul, _agent.Json.GetProperty("rootVersion").GetUInt64());
    }

    [Fact]
    public async Task When_nobody_shows_the_newer_root_nothing_is_trusted_under_the_old_one()
    {
        await _agent.Initialise();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        RotateTwice();
        _network.Offer("1.0.0", "one"u8.ToArray());
        foreach (var node in _network.Nodes) node.Tamper = (path, answer) => IsRoot(path) ? FakeNode.Bytes([], System.Net.HttpStatusCode.NotFound) : answer;
        await AssertRefused("root-outdated");
        Assert.Equal(1ul, await RootVersion());
    }

    [Fact]
    public async Task A_rotation_signed_by_too_few_is_refused()
    {
        var second = _network.Root.Next().WithKeyOf(Role.Root, NewRoot);
        _network.Rotate(second, RootHolders);
        await AssertRotationRefused("rotation-signature-invalid");
    }

    [Fact]
    public async Task A_rotation_that_the_old_root_s_key_did_not_sign_is_refused()
    {
        _network.Rotate(_network.Root.Next().WithKeyOf(Role.Root, NewRoot), NewRoot);
        await AssertRotationRefused("rotation-signature-invalid");
    }

    [Fact]
    public async Task A_rotation_that_too_few_nodes_logged_is_refused()
    {
        RotateTwice();
        AnswerWith((log, version) => log.ProveRoot(version, TestNetwork.Created) with { Note = _network.Keys.Certify(log.Checkpoint, TestNetwork.Created, signers: 2) });
        await AssertRotationRefused("rotation-not-certified");
    }

    [Fact]
    public async Task A_rotation_that_is_not_in_the_log_is_refused()
    {
        var hidden = _network.Root.Next() with { Expires = _network.Root.Expires + 99 };
        RotateTwice();
        AnswerWith((log, version) =>
        {
            var update = log.ProveRoot(version, TestNetwork.Created);
            return update with { Rotation = update.Rotation with { Entry = hidden.SignedBy(RootHolders).ToBytes() } };
        });
        await AssertRotationRefused("rotation-not-included");
    }

    [Fact]
    public async Task A_later_rotation_in_the_place_of_the_next_is_refused()
    {
        for (int i = 0; i < 2; i++) _network.Rotate(_network.NewestRoot.Next(), RootHolders);
        AnswerWith((log, version) => log.ProveRoot(version + 1, TestNetwork.Created) with { Previous = log.ProveRoot(version, TestNetwork.Created).Previous });
        await AssertRotationRefused("rotation-wrong-version");
    }

    [Fact]
    public async Task A_rotation_of_another_network_is_refused()
    {
        _network.Rotate(_network.Root.Next() with { Origin = "updates.example.org/staging" }, RootHolders);
        await AssertRotationRefused("rotation-wrong-origin");
    }

    [Fact]
    public async Task A_rotation_that_breaks_a_rule_of_the_ledger_is_refused()
    {
        var second = _network.Root.Next();
        _network.Rotate(second with { Roles = [second.RootRole] }, RootHolders);
        await AssertRotationRefused("rotation-against-rules");
    }

    [Fact]
    public async Task A_lost_root_is_shown_and_walked_to_again_and_the_trusted_version_never_goes_back()
    {
        RotateTwice();
        _network.Offer("1.0.0", "one"u8.ToArray());
        await _agent.Initialise();
        await _agent.RunJson("check");
        File.WriteAllText(_agent.State.RootOf(2), "damaged");

        await _agent.RunJson("status");
        Assert.Equal(1ul, _agent.Json.GetProperty("rootVersion").GetUInt64());
        Assert.Contains("2.json", _agent.Json.GetProperty("stateDamage").GetString(), StringComparison.Ordinal);

        _network.Offer("1.1.0", "two"u8.ToArray());
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        Assert.Equal(3ul, await RootVersion());
        Assert.False(_agent.Json.TryGetProperty("stateDamage", out _));
    }

    [Fact]
    public async Task An_expired_root_is_a_warning_and_no_wall()
    {
        _network.Rotate(_network.Root.Next() with { Expires = TestNetwork.Created + 90_000 }, RootHolders);
        _network.Offer("1.0.0", "one"u8.ToArray());
        await _agent.Initialise();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("install"));
        await _agent.RunJson("status");
        Assert.True(_agent.Json.GetProperty("rootExpired").GetBoolean());
    }

    [Fact]
    public async Task Limits_of_the_newer_root_are_in_force()
    {
        var second = _network.Root.Next();
        _network.Rotate(second with { Freshness = second.Freshness with { MaxAge = 100 } }, RootHolders);
        _network.Offer("1.0.0", "one"u8.ToArray());
        foreach (var node in _network.Nodes) node.AttestationAge = TimeSpan.FromSeconds(300);
        await _agent.Initialise();
        Assert.Equal(ExitCode.NoQuorum, await _agent.RunJson("check"));
        Assert.Equal("checkpoint-stale", _agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    public void Dispose()
    {
        _agent.Dispose();
        _network.Dispose();
    }

    private static bool IsRoot(string path) => path.StartsWith("trust/", StringComparison.Ordinal);

    // The root's own key first, then the product's.
    private void RotateTwice()
    {
        _network.Rotate(_network.Root.Next().WithKeyOf(Role.Root, NewRoot), RootHolders, NewRoot);
        _network.Rotate(_network.NewestRoot.Next().WithKeyOf(TestNetwork.RoleName, NewKernel), NewRoot);
        _network.Maintainers = NewKernel;
    }

    private void AnswerWith(Func<TestLog, ulong, RootUpdate> update)
    {
        foreach (var node in _network.Nodes)
        {
            node.Tamper = (path, answer) => IsRoot(path) && answer.IsSuccessStatusCode
                ? FakeNode.Bytes(update(_network.Log, ulong.Parse(path["trust/".Length..].Split('.')[0], System.Globalization.CultureInfo.InvariantCulture)).ToBytes())
                : answer;
        }
    }

    private async Task AssertRefused(string name)
    {
        Assert.Equal(ExitCode.Refused, await _agent.RunJson("check"));
        Assert.Equal(name, _agent.Json.GetProperty("error").GetProperty("name").GetString());
    }

    private async Task AssertRotationRefused(string name)
    {
        await _agent.Initialise();
        await AssertRefused("root-outdated");
        var failures = _agent.Json.GetProperty("failures").EnumerateArray().Select(line => line.GetProperty("what").GetString());
        Assert.Equal(4, failures.Count(what => what == name));
        Assert.Equal(1ul, await RootVersion());
        Assert.Empty(Directory.Exists(_agent.State.Roots) ? Directory.GetFiles(_agent.State.Roots) : []);
    }

    private async Task<ulong> RootVersion()
    {
        await _agent.RunJson("status");
        return _agent.Json.GetProperty("rootVersion").GetUInt64();
    }
}
