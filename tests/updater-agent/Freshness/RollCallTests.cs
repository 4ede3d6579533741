using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Freshness;

public sealed class RollCallTests : IDisposable
{
    private readonly FakeNetwork _network = new();

    public RollCallTests() => _network.Offer("1.0.0", "one"u8.ToArray());

    private Checkpoint Whole => _network.Log.Checkpoint;

    [Fact]
    public void Nodes_that_attest_the_newest_checkpoint_themselves_are_a_quorum()
    {
        var roll = Call();
        Assert.Equal(Whole, roll.Newest!.Checkpoint);
        Assert.True(roll.CanBeQuorum);
        Assert.True(roll.IsQuorumFor(Whole, []));
        Assert.Empty(roll.PrefixesOf(Whole));
        Assert.False(roll.IsForked);
    }

    [Fact]
    public void Three_of_four_are_enough_and_two_are_not()
    {
        _network.Nodes[0].IsDead = true;
        Assert.True(Call().IsQuorumFor(Whole, []));
        _network.Nodes[1].IsDead = true;
        var roll = Call();
        Assert.False(roll.IsQuorumFor(Whole, []));
        Assert.False(roll.CanBeQuorum);
        Assert.Equal(RejectionReason.NotEnoughAnswers, roll.TooFew(Whole, []).Reason);
        Assert.Contains("2 of 4", roll.TooFew(Whole, []).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attestation_of_another_node_is_not_an_answer_of_this_one()
    {
        _network.Nodes[2].Cosigners = [0, 1, 3];
        var entry = Call().Entries[2];
        Assert.Null(entry.Own);
        Assert.Equal("not-enough-answers", entry.Fault!.Name);
    }

    [Fact]
    public void A_relayed_checkpoint_still_tells_what_is_newest()
    {
        // Only node 2 shows the newest, under everybody's attestations but its own.
        foreach (int node in (int[])[0, 1, 3]) _network.Nodes[node].Log = _network.LogAfter(1);
        _network.Nodes[2].Cosigners = [0, 1, 3];
        Assert.Equal(Whole, Call().Newest!.Checkpoint);
    }

    [Fact]
    public void A_node_on_a_prefix_counts_when_the_prefix_is_shown()
    {
        _network.Nodes[0].IsDead = true;
        _network.Nodes[1].Log = _network.LogAfter(1);
        var roll = Call();
        var prefix = Assert.Single(roll.PrefixesOf(Whole));
        Assert.Equal(_network.LogAfter(1).Checkpoint, prefix);
        Assert.False(roll.IsQuorumFor(Whole, []));
        Assert.True(roll.IsQuorumFor(Whole, [prefix]));
    }

    [Fact]
    public void A_node_without_q_attestations_still_speaks_for_itself()
    {
        _network.Nodes[1].Cosigners = [1];
        Assert.Equal(Whole, Call().Entries[1].Own);
    }

    [Theory]
    [InlineData(600, true)]
    [InlineData(601, false)]
    [InlineData(-30, true)]
    [InlineData(-31, false)]
    public void An_own_attestation_counts_inside_its_time_and_not_outside(int age, bool counts)
    {
        _network.Nodes[3].AttestationAge = TimeSpan.FromSeconds(age);
        var entry = Call().Entries[3];
        Assert.Equal(counts, entry.Own is not null);
        if (!counts) Assert.Equal("checkpoint-stale", entry.Fault!.Name);
    }

    [Theory]
    [InlineData(3600, "is 3600 s old")]
    [InlineData(-3600, "is 3600 s ahead; check this machine's clock")]
    public void A_stamp_outside_its_time_is_told_from_the_past_or_the_future(int age, string told)
    {
        _network.Nodes[3].AttestationAge = TimeSpan.FromSeconds(age);
        Assert.Contains(told, Call().Entries[3].Fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_certified_roots_of_one_size_are_a_fork()
    {
        var other = new FakeNetwork();
        other.Offer("2.0.0", "two"u8.ToArray());
        _network.Nodes[3].Log = other.Log;
        Assert.True(Call().IsForked);
    }

    [Fact]
    public void Junk_and_another_origin_are_told_apart()
    {
        var checkpoint = new Checkpoint("elsewhere.example.org/log", Whole.Size, Whole.Root);
        var answers = new NodeAnswer[]
        {
            new NodeAnswer.Note(0, "junk"u8.ToArray()),
            new NodeAnswer.Note(1, _network.Keys.Note(checkpoint, _network.Keys.Nodes[1].Attest(checkpoint, _network.Now))),
            new NodeAnswer.Silence(2, new NodeFault(FaultKind.TimedOut, "silent")),
            new NodeAnswer.Note(3, _network.Nodes[3].Note()),
        };
        var roll = RollCall.Of(_network.Root, answers, _network.Now);
        Assert.Equal(["checkpoint-malformed", "checkpoint-wrong-origin", "timed-out", null], roll.Entries.Select(entry => entry.Fault?.Name));
        Assert.Contains("1 of 4", roll.TooFew(null, []).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_an_answer_and_never_an_error() => ForAll.Seeds(200, random =>
    {
        byte[] note = _network.Nodes[0].Note();
        for (int flips = random.Next(1, 4); flips > 0; flips--) note[random.Next(note.Length)] = (byte)random.Next(256);
        var roll = RollCall.Of(_network.Root, [new NodeAnswer.Note(0, note.AsMemory(0, random.Next(note.Length + 1)))], _network.Now);
        Assert.Single(roll.Entries);
    });

    public void Dispose() => _network.Dispose();

    private RollCall Call() => RollCall.Of(
        _network.Root,
        _network.Nodes.Select((node, index) => node.IsDead
            ? (NodeAnswer)new NodeAnswer.Silence(index, new NodeFault(FaultKind.Unreachable, "dead"))
            : new NodeAnswer.Note(index, node.Note())),
        _network.Now);
}
