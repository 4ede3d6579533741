using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Roots;

/// <summary>
/// A thief signs releases with a role's key until a rotation marks it (docs/protocol.md §3): what becomes of agents that installed what
/// the thief made, by the whole program.
/// </summary>
public sealed class Agents_recover_from_a_stolen_key : IDisposable
{
    private static readonly TestGroup Renewed = new("kernel renewed"), Again = new("kernel again");

    private readonly FakeNetwork _network = new();
    private readonly AgentUnderTest _agent;

    public Agents_recover_from_a_stolen_key() => _agent = new AgentUnderTest(_network);

    [Fact]
    public async Task An_agent_that_installed_the_forged_release_installs_the_next_honest_one_although_it_is_lower()
    {
        await InstallForged();
        Assert.False((await _agent.Status()).TryGetProperty("installedIsVoid", out _));
        Recover();
        _network.Offer("1.1.0", "honest"u8.ToArray());
        Assert.Equal("update-available", await Decision());
        Assert.True((await _agent.Status()).GetProperty("installedIsVoid").GetBoolean());

        await AssertInstalls("honest");
        var status = await _agent.Status();
        Assert.Equal("1.1.0", status.GetProperty("floor").GetString());
        Assert.False(status.TryGetProperty("installedIsVoid", out _));
        Assert.Equal("up-to-date", await Decision());
    }

    [Fact]
    public async Task Nobody_rolls_back_to_the_forged_release()
    {
        await InstallForged();
        Recover();
        _network.Offer("1.1.0", "honest"u8.ToArray());
        await AssertInstalls("honest");
        Assert.Equal(ExitCode.Refused, await _agent.RunJson("rollback"));
        Assert.Equal("key-compromised", _agent.Json.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal("honest", File.ReadAllText(_agent.CurrentFile!));
    }

    [Fact]
    public async Task It_goes_back_to_what_stands_before_there_is_a_next_one()
    {
        await InstallForged();
        Recover();
        await AssertInstalls("first");
        Assert.Equal("1.0.0", (await _agent.Status()).GetProperty("floor").GetString());
    }

    [Fact]
    public async Task What_the_thief_promoted_goes_too_although_its_release_stands()
    {
        await InstallForged();
        Rotate(_lastHonest + 1, (_network.Newest.Release, _standing.Promotion));
        await AssertInstalls("first");
    }

    [Fact]
    public async Task An_agent_that_only_saw_the_forged_release_installs_the_honest_one()
    {
        await _agent.Initialise();
        _network.Offer("1.0.0", "first"u8.ToArray());
        await AssertInstalls("first");
        ulong last = _network.Log.Size.Value - 1;
        var standing = _network.Newest;
        _network.Offer("9.0.0", "forged"u8.ToArray());
        Assert.Equal("update-available", await Decision());
        Rotate(last, standing);
        Assert.Equal("up-to-date", await Decision());
        _network.Offer("1.1.0", "honest"u8.ToArray());
        await AssertInstalls("honest");
    }

    [Fact]
    public async Task An_agent_two_rotations_behind_recovers_too()
    {
        await InstallForged();
        Recover();
        _network.Rotate(_network.NewestRoot.Next().WithKeyOf(TestNetwork.RoleName, Again), _network.Keys.RootHolders);
        _network.Maintainers = Again;
        _network.Offer("1.1.0", "honest"u8.ToArray());
        await AssertInstalls("honest");
        Assert.Equal(3ul, (await _agent.Status()).GetProperty("rootVersion").GetUInt64());
    }

    [Fact]
    public async Task What_stands_at_the_mark_holds_its_floor()
    {
        await InstallForged();
        Rotate(_network.Log.Size.Value - 1, _network.Newest);
        Assert.Equal("up-to-date", await Decision());

        // All nodes lie together: the channel goes back to a release that stands, below the one that stands last.
        LieWithFirstPromotion();
        await AssertRefused("version-below-floor");
    }

    [Fact]
    public async Task A_map_that_goes_on_naming_what_the_mark_makes_void_is_refused()
    {
        await InstallForged();
        var rows = _network.Log.Map.Rows.ToList();
        Recover();
        foreach (var (key, value) in rows) _network.Log.Set(key, value);
        _network.Log.Seal(TestNetwork.Created);
        await AssertRefused("key-compromised");
        Assert.Equal("1.0.0", (await _agent.Status()).GetProperty("floor").GetString());
    }

    [Fact]
    public async Task A_forged_answer_played_again_after_the_mark_brings_nothing_back()
    {
        await InstallForged();
        byte[] played = _network.Log.Prove(_network.Now).ToBytes();
        Recover();
        _network.Offer("1.1.0", "honest"u8.ToArray());
        await AssertInstalls("honest");

        // The bundle alone, with the forged checkpoint in it; then the nodes' whole past.
        foreach (var node in _network.Nodes) node.Tamper = (path, answer) => path.StartsWith("latest/", StringComparison.Ordinal) ? FakeNode.Bytes(played) : answer;
        _network.Log.Seal(TestNetwork.Created);
        await AssertRefused("checkpoint-rolled-back");
        foreach (var node in _network.Nodes) (node.Tamper, node.Log) = (null, _network.LogAfter(4));
        await AssertRefused("checkpoint-rolled-back");
        Assert.Equal("honest", File.ReadAllText(_agent.CurrentFile!));
    }

    [Fact]
    public async Task After_the_honest_release_nobody_brings_the_agent_below_it()
    {
        await InstallForged();
        Recover();
        _network.Offer("1.1.0", "honest"u8.ToArray());
        await AssertInstalls("honest");
        LieWithFirstPromotion();
        await AssertRefused("version-below-floor");
    }

    [Fact]
    public async Task A_rotation_that_takes_the_mark_back_is_not_walked_to()
    {
        await InstallForged();
        Recover();
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        _network.Rotate(_network.NewestRoot.Next().WithMark(TestNetwork.RoleName, 1, null), _network.Keys.RootHolders);
        await AssertRefused("root-outdated");
        Assert.Contains("rotation-against-rules", _agent.Output, StringComparison.Ordinal);
        Assert.Equal(2ul, (await _agent.Status()).GetProperty("rootVersion").GetUInt64());
    }

    [Fact]
    public async Task A_mark_that_the_thief_signs_is_not_walked_to()
    {
        await InstallForged();
        var next = _network.Root.Next().WithKeyOf(TestNetwork.RoleName, Again).WithMark(TestNetwork.RoleName, 1, 2);
        _network.Rotate(next, _network.Keys.Maintainers);
        await AssertRefused("root-outdated");
        Assert.Contains("rotation-signature-invalid", _agent.Output, StringComparison.Ordinal);
        Assert.Equal("9.0.0", (await _agent.Status()).GetProperty("floor").GetString());
    }

    public void Dispose()
    {
        _agent.Dispose();
        _network.Dispose();
    }

    private ulong _lastHonest;
    private (Release? Release, Promotion? Promotion) _standing;
    private ReadOnlyMemory<byte> _firstChannelRow;

    private async Task InstallForged()
    {
        await _agent.Initialise();
        _network.Offer("1.0.0", "first"u8.ToArray());
        await AssertInstalls("first");
        (_lastHonest, _standing) = (_network.Log.Size.Value - 1, _network.Newest);
        Assert.True(_network.Log.Map.TryGet(MapKey.Channel(TestNetwork.Product, TestNetwork.Channel), out _firstChannelRow));
        _network.Offer("9.0.0", "forged"u8.ToArray());
        await AssertInstalls("forged");
    }

    private void Recover() => Rotate(_lastHonest, _standing);

    private void Rotate(ulong after, (Release?, Promotion?) standing)
    {
        var next = _network.NewestRoot.Next().WithKeyOf(TestNetwork.RoleName, Renewed).WithMark(TestNetwork.RoleName, 1, after);
        _network.Rotate(next, _network.Keys.RootHolders);
        _network.Maintainers = Renewed;
        _network.Newest = standing;
    }

    private void LieWithFirstPromotion()
    {
        _network.Log.Set(MapKey.Channel(TestNetwork.Product, TestNetwork.Channel), _firstChannelRow);
        _network.Log.Seal(TestNetwork.Created);
    }

    private async Task AssertInstalls(string payload)
    {
        Assert.True(ExitCode.Done == await _agent.RunJson("install"), _agent.Output + _agent.Errors);
        Assert.Equal(payload, File.ReadAllText(_agent.CurrentFile!));
    }

    private async Task<string?> Decision()
    {
        Assert.Equal(ExitCode.Done, await _agent.RunJson("check"));
        return _agent.Json.GetProperty("status").GetString();
    }

    private async Task AssertRefused(string name)
    {
        Assert.Equal(ExitCode.Refused, await _agent.RunJson("check"));
        Assert.Equal(name, _agent.Json.GetProperty("error").GetProperty("name").GetString());
    }
}
