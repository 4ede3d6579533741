using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Hostile;

/// <summary>Old, split, stale and invented histories, and rows that are not those of the newest one.</summary>
public sealed class Histories
{
    private const int Liar = 2;

    [Fact]
    public async Task An_older_log_is_checkpoint_rolled_back()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        Assert.Equal(ExitCode.Done, await attacked.Agent.RunJson("check"));
        attacked.Show(attacked.Network.LogAfter(2));
        await attacked.Refuses("checkpoint-rolled-back");
    }

    [Fact]
    public async Task Another_history_of_the_same_size_is_checkpoint_forked()
    {
        await using var attacked = await Attacked.WithVersionOne();
        using var other = new FakeNetwork();
        other.Offer("6.6.6", Attacked.Two);
        attacked.Show(other.Log);
        await attacked.Refuses("checkpoint-forked");
    }

    [Fact]
    public async Task A_longer_history_that_does_not_extend_ours_is_checkpoint_forked_by_its_own_tiles()
    {
        await using var attacked = await Attacked.WithVersionOne();
        using var other = new FakeNetwork();
        other.Offer("6.6.6", Attacked.Two);
        other.Offer("7.7.7", Attacked.Two);
        attacked.Show(other.Log);
        await attacked.Refuses("checkpoint-forked");
    }

    [Fact]
    public async Task A_longer_history_that_shows_neither_proof_nor_tiles_is_consistency_invalid()
    {
        await using var attacked = await Attacked.WithVersionOne();
        using var other = new FakeNetwork();
        other.Offer("6.6.6", Attacked.Two);
        other.Offer("7.7.7", Attacked.Two);
        attacked.Show(other.Log);
        attacked.Tamper((path, honest) => path.StartsWith("tile", StringComparison.Ordinal) ? FakeNode.Bytes([]) : honest);
        await attacked.Refuses("consistency-invalid");
    }

    [Fact]
    public async Task A_history_for_one_victim_that_fewer_than_a_quorum_sign_is_checkpoint_not_certified()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.EveryNode(node => node.Cosigners = [0, 3]);
        await attacked.Refuses("checkpoint-not-certified", ExitCode.NoQuorum);
    }

    [Fact]
    public async Task One_nodes_attestation_counted_three_times_is_checkpoint_not_certified()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.EveryNode(node => node.Cosigners = [1, 1, 1]);
        await attacked.Refuses("checkpoint-not-certified", ExitCode.NoQuorum);
    }

    [Fact]
    public async Task Attestations_of_another_checkpoint_replayed_under_ours_are_checkpoint_not_certified()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        var keys = attacked.Network.Keys;
        var (old, now) = (attacked.Network.LogAfter(2).Checkpoint, attacked.Network.Log.Checkpoint);
        byte[] note = keys.Note(now, keys.Nodes.Select(node => node.Attest(old, attacked.Network.Now)));
        attacked.Tamper((path, honest) => path == "checkpoint" ? FakeNode.Bytes(note) : honest);
        await attacked.Refuses("checkpoint-not-certified", ExitCode.NoQuorum);
    }

    [Fact]
    public async Task A_frozen_network_is_checkpoint_stale()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.EveryNode(node => node.AttestationAge = TimeSpan.FromSeconds(attacked.Network.Root.Freshness.MaxAge + 1));
        await attacked.Refuses("checkpoint-stale", ExitCode.NoQuorum);
    }

    [Fact]
    public async Task Another_networks_log_is_checkpoint_wrong_origin()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        var keys = attacked.Network.Keys;
        var staging = new Checkpoint("updates.example.org/staging", attacked.Network.Log.Checkpoint.Size, attacked.Network.Log.Checkpoint.Root);
        byte[] note = keys.Note(staging, keys.Nodes.Select(node => node.Attest(staging, attacked.Network.Now)));
        attacked.Tamper((path, honest) => path == "checkpoint" ? FakeNode.Bytes(note) : honest);
        await attacked.Refuses("checkpoint-wrong-origin");
    }

    [Fact]
    public async Task One_relay_that_speaks_for_everyone_is_not_enough_answers()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        for (int node = 1; node < 4; node++) attacked.Network.Nodes[node].Speaks = attacked.Network.Nodes[0].Speaks;
        await attacked.InstallFails("not-enough-answers", ExitCode.NoQuorum);
    }

    [Fact]
    public async Task Rows_of_an_older_map_beside_todays_checkpoint_are_map_proof_invalid()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        var old = attacked.Network.LogAfter(2).Prove(attacked.Network.Now);
        attacked.TamperProof(today => today with { Channel = old.Channel });
        await attacked.Refuses("map-proof-invalid");
    }

    [Fact]
    public async Task Yesterdays_state_leaf_beside_todays_checkpoint_is_state_leaf_misplaced()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        var old = attacked.Network.LogAfter(2).Prove(attacked.Network.Now);
        attacked.TamperProof(today => today with { State = old.State });
        await attacked.Refuses("state-leaf-misplaced");
    }

    [Fact]
    public async Task A_withheld_release_behind_anothers_absence_is_map_proof_invalid()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        var absent = ProvenRow.Of(attacked.Network.Log.Map, MapKey.Channel(TestNetwork.Product, "nightly"));
        attacked.TamperProof(honest => honest with { Channel = absent, Promoted = null });
        await attacked.Refuses("map-proof-invalid");
    }

    [Fact]
    public async Task A_withheld_release_behind_no_proof_at_all_is_map_proof_invalid()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.TamperProof(honest => honest with { Channel = honest.Channel with { Value = null }, Promoted = null });
        await attacked.Refuses("map-proof-invalid");
    }

    [Fact]
    public async Task Entries_that_are_not_in_the_log_are_release_not_included_and_promotion_not_included()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        byte[] other = attacked.Network.Keys.Sign(TestNetwork.ReleaseOf("6.6.6")).ToBytes();
        attacked.TamperProof(honest => honest with
        {
            Promoted = honest.Promoted! with { Release = honest.Promoted.Release with { Entry = other } },
        });
        await attacked.Refuses("release-not-included");
        attacked.TamperProof(honest => honest with
        {
            Promoted = honest.Promoted! with { Promotion = honest.Promoted.Promotion with { Entry = other } },
        });
        await attacked.Refuses("promotion-not-included");
    }

    [Fact]
    public async Task One_liar_that_offers_an_older_certified_release_does_not_keep_the_agent_from_the_newest()
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Network.Offer("1.5.0", Attacked.One);
        attacked.Network.Nodes[Liar].Log = attacked.Network.LogAfter(4);
        attacked.Network.Offer("2.0.0", Attacked.Two);

        // What it shows is certified, fresh and newer than what is trusted: asked alone, it is believed.
        var liarFirst = attacked.Agent.World with { Random = DrawnOrder.AskingFirst(Liar) };
        Assert.Equal(ExitCode.Done, await attacked.Agent.RunIn(liarFirst, "check"));
        Assert.Equal("1.5.0", attacked.Agent.Json.GetProperty("available").GetProperty("version").GetString());

        attacked.Network.Requests.Clear();
        Assert.Equal(ExitCode.Done, await attacked.Agent.RunIn(attacked.Agent.World with { Random = DrawnOrder.AskingFirst(Liar) }, "install"));
        Assert.Equal(Liar, attacked.Network.Requests.First().Node);
        Assert.Equal("2.0.0", attacked.Agent.Json.GetProperty("version").GetString());
        Assert.Equal(Attacked.Two, await File.ReadAllBytesAsync(attacked.Agent.CurrentFile!));
    }

    [Fact]
    public async Task One_liar_that_says_nothing_is_new_is_believed_until_another_node_is_asked_first()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Network.Nodes[Liar].Log = attacked.Network.LogAfter(2);
        Assert.Equal(ExitCode.Done, await attacked.Agent.RunIn(attacked.Agent.World with { Random = DrawnOrder.AskingFirst(Liar) }, "install"));
        Assert.Equal("already-installed", attacked.Agent.Json.GetProperty("status").GetString());

        Assert.Equal(ExitCode.Done, await attacked.Agent.RunIn(attacked.Agent.World with { Random = DrawnOrder.AskingFirst(0) }, "install"));
        Assert.Equal("2.0.0", attacked.Agent.Json.GetProperty("version").GetString());
        Assert.Equal(Attacked.Two, await File.ReadAllBytesAsync(attacked.Agent.CurrentFile!));
    }

    [Fact]
    public async Task One_liar_hides_nothing_from_a_machine_that_asks_everyone_for_the_time()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        attacked.Network.Nodes[Liar].Log = attacked.Network.LogAfter(2);
        var startedAnew = attacked.Agent.World with { Random = DrawnOrder.AskingFirst(Liar), Steady = () => (0, default) };
        Assert.Equal(ExitCode.Done, await attacked.Agent.RunIn(startedAnew, "check"));
        Assert.Equal("2.0.0", attacked.Agent.Json.GetProperty("available").GetProperty("version").GetString());
    }
}
