using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Core.Policy;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Freshness;

/// <summary>
/// Step 4 of docs/protocol.md §7 as the machine carries it out: liars, replays, clocks that are years off, and what a
/// quorum does not know yet. Every network of this file has one liar at most.
/// </summary>
public sealed class Nonce_mode : IDisposable
{
    private const long TenYears = 315_360_000;

    private static readonly Digest Boot = Digest.Of([1]);

    private readonly FakeNetwork _network = new();
    private readonly List<UpdateEffect> _effects = [];
    private UpdateMachine _machine = null!;
    private long _clock;
    private int _drawn;

    public Nonce_mode() => _network.Offer("1.0.0", "one"u8.ToArray());

    private Checkpoint Whole => _network.Log.Checkpoint;

    private TrustedState Persisted => _effects.OfType<UpdateEffect.Persist>().Last().State;

    private UpdateOutcome Outcome => Assert.IsType<UpdateEffect.Finish>(_effects[^1]).Outcome;

    [Theory]
    [InlineData(0)]
    [InlineData(-TenYears)]
    [InlineData(TenYears)]
    public void A_machine_that_was_never_told_the_time_asks_everyone_and_installs_whatever_its_clock_says(long off)
    {
        Start(UpdateGoal.Install, clock: _network.Now + off);
        Go();
        Assert.IsType<UpdateEffect.Download>(_effects[^1]);
        Assert.Equal(new Confirmation(Boot, 1_000, _network.Now + off, _network.Now), Persisted.Confirmed);
        On(new UpdateEvent.DownloadEnded(true));
        Go();
        Assert.IsType<UpdateOutcome.Ready>(Outcome);
        Assert.Equal(2, _effects.OfType<UpdateEffect.AskEveryone>().Count());
        Assert.DoesNotContain(_effects, effect => effect is UpdateEffect.AskCheckpoint);
    }

    [Fact]
    public void A_check_of_a_machine_that_knows_the_time_asks_one_node()
    {
        Start(UpdateGoal.Check, state: Told());
        Assert.IsType<UpdateEffect.AskCheckpoint>(_effects[^1]);
    }

    [Fact]
    public void A_check_may_be_made_to_ask_for_the_time_all_the_same()
    {
        Start(UpdateGoal.Check, state: Told(), change: task => task with { ConfirmTime = true });
        Go();
        Assert.Single(_effects.OfType<UpdateEffect.AskEveryone>());
        Assert.IsType<Decision.Install>(Assert.IsType<UpdateOutcome.Decided>(Outcome).Decision);
    }

    [Fact]
    public void A_network_that_replays_old_answers_to_a_machine_with_a_dead_clock_is_no_quorum()
    {
        // Certificate and clock agree: everything is as it was a year ago, but for the nonce.
        Start(UpdateGoal.Install, clock: _network.Now);
        var replayed = Everyone(new Nonce(Digest.Of([99]).AsSpan()));
        On(replayed with { Nonce = new Nonce(Digest.Of([100]).AsSpan()) });
        Assert.Equal(RejectionReason.NotEnoughAnswers, Assert.IsType<UpdateOutcome.NoQuorum>(Outcome).Rejection.Reason);
        Assert.All(_machine.Failures, failure => Assert.Equal("nonce-answer-invalid", failure.Fault.Name));
        Assert.DoesNotContain(_effects, effect => effect is UpdateEffect.Persist);
    }

    [Fact]
    public void A_stale_certificate_does_not_pass_beside_living_nodes()
    {
        foreach (var node in _network.Nodes) node.AttestationAge = TimeSpan.FromSeconds(_network.Root.Freshness.MaxAge + 5);
        Start(UpdateGoal.Install, clock: _network.Now - 1_000);
        Go();
        Assert.Equal(RejectionReason.CheckpointStale, Assert.IsType<UpdateOutcome.NoQuorum>(Outcome).Rejection.Reason);
    }

    [Theory]
    [InlineData(-TenYears)]
    [InlineData(TenYears)]
    public void A_node_whose_clock_is_years_off_moves_nothing(long off)
    {
        _network.Nodes[2].ClockOffset = off;
        Start(UpdateGoal.Check, clock: 0);
        Go();
        Assert.IsType<UpdateOutcome.Decided>(Outcome);
        Assert.Equal(_network.Now, Persisted.LatestTime);
    }

    [Fact]
    public void What_enough_nodes_cosigned_and_nobody_certified_yet_is_waited_for()
    {
        var old = _network.LogAfter(1);
        foreach (var node in _network.Nodes) (node.Log, node.Cosigned) = (old, Whole);
        Start(UpdateGoal.Install, clock: 0);
        for (int i = 0; i < 3; i++) On(Everyone());
        Assert.All(_effects.OfType<UpdateEffect.AskEveryone>().Skip(1), ask => Assert.True(ask.Pause > TimeSpan.Zero));
        foreach (var node in _network.Nodes) node.Log = null;
        Go();
        Assert.IsType<UpdateEffect.Download>(_effects[^1]);
        Assert.Equal(Whole, Persisted.Checkpoint);
    }

    [Fact]
    public void What_never_becomes_certified_is_not_waited_for_without_end()
    {
        var old = _network.LogAfter(1);
        foreach (var node in _network.Nodes) (node.Log, node.Cosigned) = (old, Whole);
        Start(UpdateGoal.Install, clock: 0);
        Go();
        Assert.Equal(RejectionReason.NotEnoughAnswers, Assert.IsType<UpdateOutcome.NoQuorum>(Outcome).Rejection.Reason);
        Assert.InRange(_effects.OfType<UpdateEffect.AskEveryone>().Count(), 2, 50);
    }

    [Fact]
    public void A_liar_that_claims_to_know_something_newer_holds_up_nobody()
    {
        _network.Nodes[0].Cosigned = new Checkpoint(TestNetwork.Origin, new TreeSize(1_000_000), Digest.Of([9]));
        Start(UpdateGoal.Check, clock: 0);
        Go();
        Assert.IsType<UpdateOutcome.Decided>(Outcome);
        Assert.Single(_effects.OfType<UpdateEffect.AskEveryone>());
    }

    [Fact]
    public void A_liar_that_makes_up_a_smaller_root_is_named_and_convicted_and_nobody_else_is()
    {
        _network.Nodes[3].IsDead = true;
        _network.Nodes[1].Cosigned = new Checkpoint(TestNetwork.Origin, new TreeSize(3), Digest.Of([9]));
        Start(UpdateGoal.Check, clock: 0);
        Go();
        var over = Assert.IsType<UpdateOutcome.NoQuorum>(Outcome);
        Assert.Equal("contradicted", over.Answers!.Entries[1].Fault!.Name);
        Assert.Equal("node-01", Assert.Single(_effects.OfType<UpdateEffect.KeepEvidence>()).Evidence.Node);
        Assert.Equal([3], _machine.Failures.Select(failure => failure.Node).Distinct());
    }

    [Fact]
    public void A_node_whose_tiles_lead_nowhere_is_at_fault_itself()
    {
        _network.Nodes[3].IsDead = true;
        _network.Nodes[1].Log = _network.LogAfter(1);
        Start(UpdateGoal.Check, clock: 0, order: [0, 1, 2, 3]);
        On(Everyone());
        Latest();
        var ask = Assert.IsType<UpdateEffect.AskConsistency>(_effects[^1]);
        Assert.Equal(0, ask.Node);
        var junk = new FakeNetwork();
        junk.Offer("9.0.0", "x"u8.ToArray());
        On(Proof(ask, junk.Log));
        Assert.Equal((0, "consistency-invalid"), (_machine.Failures[^1].Node, _machine.Failures[^1].Fault.Name));
        Go();
        Assert.IsType<UpdateOutcome.Decided>(Outcome);
        Assert.Empty(_effects.OfType<UpdateEffect.KeepEvidence>());
    }

    [Fact]
    public void A_node_that_names_another_root_of_the_certified_size_is_convicted_and_the_others_go_on()
    {
        _network.Nodes[1].Cosigned = new Checkpoint(TestNetwork.Origin, Whole.Size, Digest.Of([9]));
        Start(UpdateGoal.Check, clock: 0);
        Go();
        Assert.IsType<UpdateOutcome.Decided>(Outcome);
        Assert.Equal("node-01", Assert.Single(_effects.OfType<UpdateEffect.KeepEvidence>()).Evidence.Node);
    }

    [Fact]
    public void A_convicted_node_is_asked_for_nothing()
    {
        Start(UpdateGoal.Check, state: Told(), order: [1, 0, 2, 3], change: task => task with { Convicted = [1] });
        Assert.Equal(new UpdateEffect.AskCheckpoint(0), _effects[^1]);
        for (int node = 0; node < 3; node++) On(new UpdateEvent.NodeFailed(new NodeFault(FaultKind.Unreachable, "dead")));
        Assert.IsType<UpdateOutcome.NoQuorum>(Outcome);
        Assert.Equal([0, 2, 3], _effects.OfType<UpdateEffect.AskCheckpoint>().Select(ask => ask.Node));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_larger_certified_history_beside_the_trusted_one_stops_the_agent_and_names_who_signed_both(bool byNonce)
    {
        Start(UpdateGoal.Check, state: Told());
        Go();
        var (state, proof) = (Persisted, _effects.OfType<UpdateEffect.KeepProof>().Single().Proof);
        var other = new FakeNetwork();
        other.Offer("6.0.0", "x"u8.ToArray());
        other.Offer("6.1.0", "x"u8.ToArray());
        foreach (var node in _network.Nodes) node.Log = other.Log;
        Start(UpdateGoal.Check, state: state, change: task => task with { LastProof = proof, ConfirmTime = byNonce });
        Go(other.Log);
        Assert.Equal(RejectionReason.CheckpointForked, Assert.IsType<UpdateOutcome.Refused>(Outcome).Rejection.Reason);

        // All four signed the second; three signed the first one that the agent keeps.
        Assert.Equal(3, _effects.OfType<UpdateEffect.KeepEvidence>().Count());
    }

    public void Dispose() => _network.Dispose();

    private TrustedState Told() => TrustedState.Initial(_network.Root).Confirm(new Confirmation(Boot, 1_000, _network.Now, _network.Now));

    private void Start(
        UpdateGoal goal, long? clock = null, TrustedState? state = null, int[]? order = null, Func<UpdateTask, UpdateTask>? change = null)
    {
        _clock = clock ?? _network.Now;
        var task = new UpdateTask
        {
            Goal = goal,
            Root = _network.Root,
            State = state ?? TrustedState.Initial(_network.Root),
            Product = TestNetwork.Product,
            Channel = TestNetwork.Channel,
            Situation = new Situation { Machine = new MachineFacts("x86_64", "6.1.0-test") },
            Order = order ?? [0, 1, 2, 3],
        };
        _machine = new UpdateMachine(change is null ? task : change(task));
        _effects.Clear();
        _effects.AddRange(_machine.Start(new ClockReading(_clock, 1_000, Boot)));
    }

    // Honest answers until the machine ends or downloads.
    private void Go(TestLog? log = null)
    {
        for (int step = 0; _effects[^1] is not (UpdateEffect.Finish or UpdateEffect.Download); step++)
        {
            Assert.True(step < 300, "the run does not end");
            switch (_effects[^1])
            {
                case UpdateEffect.AskEveryone: On(Everyone()); break;
                case UpdateEffect.AskCheckpoint ask: On(new UpdateEvent.CheckpointCame(_network.Nodes[ask.Node].Note())); break;
                case UpdateEffect.AskLatest: Latest(log); break;
                case UpdateEffect.AskConsistency ask: On(Proof(ask, log ?? _network.Log)); break;
                default: Assert.Fail($"{_effects[^1]} asks for nothing"); break;
            }
        }
    }

    private void Latest(TestLog? log = null)
    {
        ulong from = Assert.IsType<UpdateEffect.AskLatest>(_effects[^1]).From;
        On(new UpdateEvent.LatestCame((log ?? _network.Log).Prove(_network.Now, from == 0 ? null : new TreeSize(from)).ToBytes()));
    }

    private static UpdateEvent.ConsistencyCame Proof(UpdateEffect.AskConsistency ask, TestLog log)
    {
        var tree = FakeNetwork.TreeOf(log);
        return new UpdateEvent.ConsistencyCame(
            ask.OldSize <= tree.Size ? tree.RootAt(ask.OldSize) : default,
            ProofBuilder.Consistency(tree, ask.OldSize, ask.NewSize));
    }

    private UpdateEvent.EveryoneAnswered Everyone(Nonce? given = null)
    {
        var nonce = given ?? new Nonce(Digest.Of(BitConverter.GetBytes(_drawn++)).AsSpan());
        return new UpdateEvent.EveryoneAnswered(nonce,
        [
            .. _network.Nodes.Select((node, index) => node.IsDead
                ? NodeAnswer.Silence(index, new NodeFault(FaultKind.Unreachable, "dead"))
                : new NodeAnswer(index, new Heard.Bytes(node.Attest(nonce)), new Heard.Bytes(node.Note()))),
        ]);
    }

    private void On(UpdateEvent happened) => _effects.AddRange(_machine.On(happened, new ClockReading(_clock, 1_000, Boot)));
}
