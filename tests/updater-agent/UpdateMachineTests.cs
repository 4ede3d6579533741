using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests;

public sealed class UpdateMachineTests : IDisposable
{
    private static readonly Digest Boot = Digest.Of([1]);
    private static readonly NodeFault Dead = new(FaultKind.Unreachable, "dead");

    private readonly FakeNetwork _network = new();
    private readonly List<UpdateEffect> _effects = [];
    private UpdateMachine _machine = null!;
    private int _drawn;

    private ClockReading Reading => new(_network.Now, Uptime: 1_000, Boot);

    private UpdateOutcome Outcome => Assert.IsType<UpdateEffect.Finish>(_effects[^1]).Outcome;

    private TrustedState Persisted => _effects.OfType<UpdateEffect.Persist>().Last().State;

    [Fact]
    public void It_begins_with_the_first_node_of_the_drawn_order()
    {
        Start(order: [2, 0, 1, 3]);
        Assert.Equal([new UpdateEffect.AskCheckpoint(2)], _effects);
    }

    [Fact]
    public void Every_node_that_fails_is_noted_and_the_next_one_asked_until_none_is_left()
    {
        Start(order: [2, 0, 1, 3]);
        for (int node = 0; node < 4; node++) On(new UpdateEvent.NodeFailed(Dead));
        Assert.Equal([2, 0, 1, 3], _effects.OfType<UpdateEffect.AskCheckpoint>().Select(ask => ask.Node));
        Assert.Equal([2, 0, 1, 3], _machine.Failures.Select(failure => failure.Node));
        Assert.Equal(RejectionReason.NotEnoughAnswers, Assert.IsType<UpdateOutcome.NoQuorum>(Outcome).Rejection.Reason);
    }

    [Fact]
    public void A_verified_answer_is_persisted_with_its_floor_before_the_end()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        Start();
        Checkpoint();
        Assert.Equal(new UpdateEffect.AskLatest(0, 0), _effects[^1]);
        Latest();
        Assert.Equal(_network.Log.Checkpoint, Persisted.Checkpoint);
        Assert.Equal("1.0.0", Persisted.FloorOf(_network.Root, TestNetwork.Product, TestNetwork.Channel)!.ToString());
        Assert.Contains(_effects, effect => effect is UpdateEffect.KeepProof);
        Assert.IsType<Decision.Install>(Assert.IsType<UpdateOutcome.Decided>(Outcome).Decision);
        Assert.Equal(_network.Log.Checkpoint, _machine.Certified!.Checkpoint);
    }

    [Fact]
    public void A_proven_absence_is_persisted_and_is_an_answer()
    {
        Start();
        Checkpoint();
        Latest();
        Assert.Equal(_network.Log.Checkpoint, Persisted.Checkpoint);
        Assert.IsType<Decision.NothingReleased>(Assert.IsType<UpdateOutcome.Decided>(Outcome).Decision);
    }

    [Fact]
    public void A_checkpoint_is_persisted_even_when_what_follows_is_refused()
    {
        var release = _network.Offer("1.0.0", "one"u8.ToArray());
        var proof = _network.Log.Prove(_network.Now);
        var forged = proof with { Promoted = proof.Promoted! with { Release = proof.Promoted.Promotion } };
        Start();
        Checkpoint();
        On(new UpdateEvent.LatestCame(forged.ToBytes()));
        Assert.Equal(_network.Log.Checkpoint, Persisted.Checkpoint);
        Assert.Equal("release-not-included", _machine.Failures[^1].Fault.Name);
        Assert.Null(Persisted.FloorOf(_network.Root, TestNetwork.Product, TestNetwork.Channel));

        // Without the proof of a whole check, the unchanged checkpoint alone does not end the next one.
        Assert.Equal(new UpdateEffect.AskCheckpoint(1), _effects[^1]);
        Checkpoint();
        Assert.IsType<UpdateEffect.AskLatest>(_effects[^1]);
        Assert.NotNull(release);
    }

    [Fact]
    public void A_rejection_outweighs_silence_when_nobody_has_better()
    {
        Start();
        On(new UpdateEvent.CheckpointCame("junk"u8.ToArray()));
        for (int node = 1; node < 4; node++) On(new UpdateEvent.NodeFailed(Dead));
        Assert.Equal(RejectionReason.CheckpointMalformed, Assert.IsType<UpdateOutcome.Refused>(Outcome).Rejection.Reason);
    }

    [Fact]
    public void An_install_is_decided_by_all_before_the_download_and_again_after_it()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        Assert.IsType<UpdateEffect.AskEveryone>(_effects[^1]);
        Everyone();
        var download = Assert.IsType<UpdateEffect.Download>(_effects[^1]);
        On(new UpdateEvent.DownloadEnded(true));
        Assert.IsType<UpdateEffect.AskEveryone>(_effects[^1]);
        Everyone();
        Assert.True(Assert.IsType<UpdateOutcome.Ready>(Outcome).Update.IsSameDecisionAs(download.Update));

        // The stored proof served all three decisions.
        Assert.Single(_effects.OfType<UpdateEffect.AskLatest>());
    }

    [Fact]
    public void A_check_installs_nothing()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        Start();
        Checkpoint();
        Latest();
        Assert.DoesNotContain(_effects, effect => effect is UpdateEffect.Download or UpdateEffect.AskEveryone);
    }

    [Fact]
    public void A_download_that_fails_ends_the_run()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        Everyone();
        On(new UpdateEvent.DownloadEnded(false));
        Assert.IsType<UpdateOutcome.NotDownloaded>(Outcome);
    }

    [Fact]
    public void A_roll_call_that_finds_something_newer_asks_for_its_proof()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        ulong trusted = _network.Log.Size.Value;
        _network.Offer("1.1.0", "two"u8.ToArray());
        Everyone();
        Assert.Equal(trusted, Assert.IsType<UpdateEffect.AskLatest>(_effects[^1]).From);
        Latest();
        Assert.Equal("1.1.0", Assert.IsType<UpdateEffect.Download>(_effects[^1]).Update.Release.Version.ToString());
    }

    [Fact]
    public void A_bundle_older_than_what_others_showed_is_behind()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        var old = _network.Log.Prove(_network.Now, _network.Log.Size);
        _network.Offer("1.1.0", "two"u8.ToArray());
        Everyone();
        On(new UpdateEvent.LatestCame(old.ToBytes()));
        Assert.Equal("behind", _machine.Failures[^1].Fault.Name);
        Assert.IsType<UpdateEffect.AskLatest>(_effects[^1]);
        Latest();
        Assert.IsType<UpdateEffect.Download>(_effects[^1]);
    }

    [Fact]
    public void A_bundle_newer_than_the_roll_call_needs_the_answers_shown_as_its_prefix()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        _network.Offer("1.1.0", "two"u8.ToArray());
        var called = _network.Log.Size;
        Everyone();
        _network.Offer("1.2.0", "three"u8.ToArray());
        Latest();
        var ask = Assert.IsType<UpdateEffect.AskConsistency>(_effects[^1]);
        Assert.Equal((called, _network.Log.Size), (ask.OldSize, ask.NewSize));
        Consistency(_network);
        Assert.Equal("1.2.0", Assert.IsType<UpdateEffect.Download>(_effects[^1]).Update.Release.Version.ToString());
    }

    [Fact]
    public void A_prefix_that_nobody_can_show_does_not_count()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        _network.Offer("1.1.0", "two"u8.ToArray());
        Everyone();
        _network.Offer("1.2.0", "three"u8.ToArray());
        Latest();
        var other = new FakeNetwork();
        other.Offer("6.0.0", "other"u8.ToArray());
        other.Offer("6.1.0", "other"u8.ToArray());
        other.Offer("6.2.0", "other"u8.ToArray());
        for (int node = 0; node < 4; node++)
        {
            Assert.IsType<UpdateEffect.AskConsistency>(_effects[^1]);
            Consistency(other);
        }

        Assert.Equal(RejectionReason.NotEnoughAnswers, Assert.IsType<UpdateOutcome.NoQuorum>(Outcome).Rejection.Reason);
        Assert.Equal(4, _machine.Failures.Count(failure => failure.Fault.Name == "consistency-invalid"));
    }

    [Fact]
    public void Answers_that_are_all_older_than_what_is_trusted_are_no_quorum()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        foreach (var node in _network.Nodes) node.Log = _network.LogAfter(1);
        while (_effects[^1] is UpdateEffect.AskEveryone) Everyone();
        Assert.IsType<UpdateOutcome.NoQuorum>(Outcome);
    }

    [Fact]
    public void A_certified_fork_in_the_roll_call_stops_everything()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        var other = new FakeNetwork();
        other.Offer("6.6.6", "other"u8.ToArray());
        foreach (var node in _network.Nodes) node.Log = other.Log;
        Everyone();
        Assert.Equal(RejectionReason.CheckpointForked, Assert.IsType<UpdateOutcome.Refused>(Outcome).Rejection.Reason);

        // All four signed the second; three signed the first one that the agent keeps.
        Assert.Equal(3, _effects.OfType<UpdateEffect.KeepEvidence>().Count());
    }

    [Fact]
    public void A_channel_that_moves_during_every_download_ends_the_run()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        StartInstall();
        Everyone();
        for (int version = 1; _effects[^1] is not UpdateEffect.Finish; version++)
        {
            Assert.IsType<UpdateEffect.Download>(_effects[^1]);
            On(new UpdateEvent.DownloadEnded(true));
            _network.Offer($"1.{version}.0", "more"u8.ToArray());
            Everyone();
            Latest();
        }

        Assert.IsType<UpdateOutcome.KeptChanging>(Outcome);
        Assert.Equal(3, _effects.OfType<UpdateEffect.Download>().Count());
    }

    [Fact]
    public void A_clock_below_the_trusted_time_is_not_believed()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        Start();
        Checkpoint();
        Latest();
        var (state, proof) = (Persisted, _effects.OfType<UpdateEffect.KeepProof>().Single().Proof);

        _effects.Clear();
        Start(state: state, proof: proof);
        Add(_machine.On(new UpdateEvent.CheckpointCame(_network.Nodes[0].Note()), Reading with { Clock = 0 }));
        Assert.IsType<UpdateOutcome.Decided>(Outcome);
    }

    [Fact]
    public void An_answer_that_nothing_asked_for_is_the_callers_mistake()
    {
        Start();
        Assert.Throws<InvalidOperationException>(() => _machine.On(new UpdateEvent.DownloadEnded(true), Reading));
        Assert.Throws<InvalidOperationException>(() => _machine.Start(Reading));
    }

    [Fact]
    public void Any_bytes_from_nodes_end_in_an_outcome_and_never_in_an_error()
    {
        _network.Offer("1.0.0", "one"u8.ToArray());
        ForAll.Seeds(40, random =>
        {
            var machine = new UpdateMachine(TaskOf(_network, UpdateGoal.Install, [0, 1, 2, 3]));
            var effects = machine.Start(Reading);
            for (int step = 0; effects[^1] is not UpdateEffect.Finish; step++)
            {
                Assert.True(step < 300, "the run does not end");
                effects = machine.On(Answer(_network, effects[^1], random), Reading);
            }
        });
    }

    public void Dispose() => _network.Dispose();

    // Now and then honest, else with a few bytes changed or cut off.
    private static UpdateEvent Answer(FakeNetwork network, UpdateEffect effect, Random random) => effect switch
    {
        UpdateEffect.AskCheckpoint => new UpdateEvent.CheckpointCame(Spoil(network.Nodes[0].Note(), random)),
        UpdateEffect.AskLatest ask => new UpdateEvent.LatestCame(Spoil(
            network.Log.Prove(network.Now, ask.From == 0 ? null : new TreeSize(ask.From)).ToBytes(), random)),
        UpdateEffect.AskEveryone => Everyone(network, random.Next(1_000), bytes => Spoil(bytes, random)),
        UpdateEffect.AskConsistency => new UpdateEvent.NodeFailed(Dead),
        _ => new UpdateEvent.DownloadEnded(random.Next(4) > 0),
    };

    private static byte[] Spoil(byte[] bytes, Random random)
    {
        if (random.Next(2) == 0) return bytes;

        bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
        return random.Next(3) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static UpdateTask TaskOf(FakeNetwork network, UpdateGoal goal, int[] order) => new()
    {
        Goal = goal,
        Root = network.Root,
        State = TrustedState.Initial(network.Root).Confirm(new Confirmation(Boot, 1_000, network.Now, network.Now)),
        Product = TestNetwork.Product,
        Channel = TestNetwork.Channel,
        Situation = new Situation { Machine = new MachineFacts("x86_64", "6.1.0-test") },
        Order = order,
    };

    private void Start(UpdateGoal goal = UpdateGoal.Check, int[]? order = null, TrustedState? state = null, UpdateProof? proof = null)
    {
        var task = TaskOf(_network, goal, order ?? [0, 1, 2, 3]);
        _machine = new UpdateMachine(task with { State = state ?? task.State, LastProof = proof });
        Add(_machine.Start(Reading));
    }

    private void StartInstall()
    {
        Start(UpdateGoal.Install);
        Checkpoint();
        Latest();
    }

    private void Checkpoint() => On(new UpdateEvent.CheckpointCame(_network.Nodes[0].Note()));

    private void Latest()
    {
        ulong from = Assert.IsType<UpdateEffect.AskLatest>(_effects[^1]).From;
        On(new UpdateEvent.LatestCame(_network.Log.Prove(_network.Now, from == 0 ? null : new TreeSize(from)).ToBytes()));
    }

    private void Everyone() => On(Everyone(_network, _drawn++, bytes => bytes));

    private static UpdateEvent.EveryoneAnswered Everyone(FakeNetwork network, int drawn, Func<byte[], byte[]> change)
    {
        var nonce = new Nonce(Digest.Of(BitConverter.GetBytes(drawn)).AsSpan());
        return new UpdateEvent.EveryoneAnswered(nonce,
        [
            .. network.Nodes.Select((node, index) => new NodeAnswer(
                index, new Heard.Bytes(change(node.Attest(nonce))), new Heard.Bytes(change(node.Note())))),
        ]);
    }

    private void Consistency(FakeNetwork network)
    {
        var ask = Assert.IsType<UpdateEffect.AskConsistency>(_effects[^1]);
        var tree = FakeNetwork.TreeOf(network.Log);
        On(new UpdateEvent.ConsistencyCame(tree.RootAt(ask.OldSize), ProofBuilder.Consistency(tree, ask.OldSize, ask.NewSize)));
    }

    private void On(UpdateEvent happened) => Add(_machine.On(happened, Reading));

    private void Add(IReadOnlyList<UpdateEffect> effects) => _effects.AddRange(effects);
}
