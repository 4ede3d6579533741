using SupplyChain.Protocol;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Core.Freshness;
using SupplyChain.UpdaterAgent.Tests.Network;

namespace SupplyChain.UpdaterAgent.Tests.Freshness;

/// <summary>Whose answers to a nonce count, for which checkpoint, and what time they tell.</summary>
public sealed class NonceAnswersTests : IDisposable
{
    private static readonly Nonce Asked = new(Digest.Of([1]).AsSpan());
    private static readonly NodeFault Dead = new(FaultKind.Unreachable, "dead");

    private readonly FakeNetwork _network = new();

    public NonceAnswersTests() => _network.Offer("1.0.0", "one"u8.ToArray());

    private Checkpoint Whole => _network.Log.Checkpoint;

    [Fact]
    public void Nodes_that_name_the_newest_checkpoint_over_the_nonce_are_a_quorum()
    {
        var answers = Ask();
        Assert.Equal(Whole, answers.Newest!.Checkpoint);
        Assert.Equal(4, answers.CountFor(Whole, []));
        Assert.Equal(_network.Now, answers.Time);
        Assert.Empty(answers.PrefixesOf(Whole));
        Assert.Empty(answers.Contradictions());
        Assert.False(answers.IsForked);
    }

    [Fact]
    public void Three_of_four_are_enough_and_two_are_not()
    {
        _network.Nodes[0].IsDead = true;
        Assert.Equal(3, Ask().CountFor(Whole, []));
        Assert.NotNull(Ask().Time);
        _network.Nodes[1].IsDead = true;
        var answers = Ask();
        Assert.Null(answers.Time);
        Assert.Equal(RejectionReason.NotEnoughAnswers, answers.TooFew(Whole, []).Reason);
        Assert.Contains("2 of 4", answers.TooFew(Whole, []).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_of_another_node_is_not_an_answer_of_this_one()
    {
        _network.Nodes[2].Speaks = _network.Nodes[1].Speaks;
        AssertRefused("nonce-answer-invalid", 2);
    }

    [Fact]
    public void An_answer_for_another_network_is_none()
    {
        _network.Nodes[2].Speaks = ("elsewhere.example.org/log", _network.Keys.Nodes[2].AttestationKey);
        AssertRefused("nonce-answer-invalid", 2);
    }

    [Fact]
    public void An_answer_under_another_key_of_the_same_node_is_none()
    {
        _network.Nodes[2].Speaks = (TestNetwork.Origin, _network.Keys.Nodes[2].VoteKey);
        AssertRefused("nonce-answer-invalid", 2);
    }

    [Fact]
    public void Answers_that_were_given_to_another_nonce_are_none()
    {
        var earlier = new Nonce(Digest.Of([2]).AsSpan());
        var replayed = NonceAnswers.Of(_network.Root, Asked, [.. Raw(earlier)]);
        Assert.Null(replayed.Time);
        Assert.All(replayed.Entries, entry => Assert.Equal("nonce-answer-invalid", entry.Fault!.Name));
        Assert.Contains("0 of 4", replayed.TooFew(null, []).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relayed_checkpoint_still_tells_what_is_newest()
    {
        // Only node 2 shows the newest, under everybody's attestations but its own.
        foreach (int node in (int[])[0, 1, 3]) _network.Nodes[node].Log = _network.LogAfter(1);
        _network.Nodes[2].Cosigners = [0, 1, 3];
        Assert.Equal(Whole, Ask().Newest!.Checkpoint);
    }

    [Fact]
    public void A_node_on_a_prefix_counts_when_the_prefix_is_shown()
    {
        _network.Nodes[0].IsDead = true;
        _network.Nodes[1].Log = _network.LogAfter(1);
        var answers = Ask();
        var prefix = Assert.Single(answers.PrefixesOf(Whole));
        Assert.Equal(_network.LogAfter(1).Checkpoint, prefix);
        Assert.Equal(2, answers.CountFor(Whole, []));
        Assert.Equal(3, answers.CountFor(Whole, [prefix]));
    }

    [Fact]
    public void Whoever_knows_something_newer_does_not_count_for_the_older()
    {
        _network.Nodes[1].Cosigned = new Checkpoint(TestNetwork.Origin, new(Whole.Size.Value + 2), Digest.Of([9]));
        var answers = Ask();
        Assert.Equal((3, 1), (answers.CountFor(Whole, []), answers.CountAhead(Whole)));
        Assert.Contains("1 know something newer", answers.TooFew(Whole, []).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_shows_no_checkpoint_still_speaks_for_itself()
    {
        var answers = NonceAnswers.Of(_network.Root, Asked,
            [.. Raw(Asked).Select(answer => answer.Node == 1 ? answer with { Checkpoint = new Heard.Bytes("junk"u8.ToArray()) } : answer)]);
        Assert.Equal(Whole, answers.Entries[1].Own);
        Assert.Equal(RejectionReason.CheckpointMalformed, answers.Uncertified!.Reason);
    }

    [Theory]
    [InlineData(315_360_000)]
    [InlineData(-315_360_000)]
    public void A_liar_ten_years_off_moves_the_time_no_farther_than_honest_clocks_differ(long offset)
    {
        for (int node = 0; node < 4; node++) _network.Nodes[node].ClockOffset = node;
        for (int liar = 0; liar < 4; liar++)
        {
            _network.Nodes[liar].ClockOffset = offset;
            Assert.InRange(Ask().Time!.Value, _network.Now, _network.Now + 3);
            Assert.InRange(Ask().TimeFor(Whole, []), _network.Now, _network.Now + 3);
            _network.Nodes[liar].ClockOffset = liar;
        }
    }

    [Fact]
    public void Seven_nodes_bear_two_liars()
    {
        var keys = TestNetwork.Create(7);
        var checkpoint = new Checkpoint(TestNetwork.Origin, new(9), Digest.Of([9]));
        byte[] note = keys.Certify(checkpoint, _network.Now);
        var answers = NonceAnswers.Of(keys.Root, Asked,
        [
            .. keys.Nodes.Select(node =>
            {
                long time = node.Index is 2 or 5 ? _network.Now + 1_000_000 : _network.Now + node.Index;
                var said = NonceAnswer.Sign(node.AttestationKey, checkpoint, time, [Asked])[0];
                return new NodeAnswer(node.Index, new Heard.Bytes(said.ToBytes()), new Heard.Bytes(note));
            }),
        ]);
        Assert.InRange(answers.Time!.Value, _network.Now, _network.Now + 6);
    }

    [Fact]
    public void Certificates_are_judged_by_the_nodes_time_and_by_nothing_else()
    {
        foreach (var node in _network.Nodes) node.ClockOffset = _network.Root.Freshness.MaxAge + 1;
        var answers = Ask();
        Assert.Null(answers.Newest);
        Assert.Equal(RejectionReason.CheckpointStale, answers.Uncertified!.Reason);
    }

    [Fact]
    public void Two_certified_roots_of_one_size_are_a_fork_and_convict_who_signed_both()
    {
        var other = new FakeNetwork();
        other.Offer("2.0.0", "two"u8.ToArray());
        _network.Nodes[3].Log = other.Log;
        var answers = Ask();
        Assert.True(answers.IsForked);
        Assert.Equal(4, answers.Contradictions().Select(evidence => evidence.Node).Distinct().Count());
    }

    [Fact]
    public void A_node_that_names_another_root_of_the_certified_size_convicts_itself()
    {
        _network.Nodes[1].Cosigned = new Checkpoint(TestNetwork.Origin, Whole.Size, Digest.Of([9]));
        var evidence = Assert.Single(Ask().Contradictions());
        Assert.Equal("node-01", evidence.Node);
        Assert.True(evidence.Judge(_network.Root).TryGet(out _, out _));
    }

    [Fact]
    public void Junk_and_silence_are_told_apart()
    {
        var honest = Raw(Asked).ToList();
        var answers = NonceAnswers.Of(_network.Root, Asked,
        [
            honest[0] with { Nonce = new Heard.Bytes("junk"u8.ToArray()) },
            NodeAnswer.Silence(1, new NodeFault(FaultKind.TimedOut, "silent")),
            honest[2],
            honest[3],
        ]);
        Assert.Equal(["nonce-answer-malformed", "timed-out", null, null], answers.Entries.Select(entry => entry.Fault?.Name));
    }

    [Fact]
    public void Any_bytes_are_an_answer_and_never_an_error() => ForAll.Seeds(200, random =>
    {
        var spoiled = Raw(Asked).Select(answer => new NodeAnswer(answer.Node, Spoil(answer.Nonce), Spoil(answer.Checkpoint)));
        Assert.Equal(4, NonceAnswers.Of(_network.Root, Asked, [.. spoiled]).Entries.Count);

        Heard Spoil(Heard heard)
        {
            byte[] bytes = ((Heard.Bytes)heard).Content.ToArray();
            for (int flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            return new Heard.Bytes(bytes.AsMemory(0, random.Next(bytes.Length + 1)));
        }
    });

    public void Dispose() => _network.Dispose();

    private void AssertRefused(string name, int node)
    {
        var entry = Ask().Entries[node];
        Assert.Null(entry.Own);
        Assert.Equal(name, entry.Fault!.Name);
        Assert.Equal(3, Ask().CountFor(Whole, []));
    }

    private NonceAnswers Ask() => NonceAnswers.Of(_network.Root, Asked, [.. Raw(Asked)]);

    private IEnumerable<NodeAnswer> Raw(Nonce nonce) => _network.Nodes.Select((node, index) => node.IsDead
        ? NodeAnswer.Silence(index, Dead)
        : new NodeAnswer(index, new Heard.Bytes(node.Attest(nonce)), new Heard.Bytes(node.Note())));
}
