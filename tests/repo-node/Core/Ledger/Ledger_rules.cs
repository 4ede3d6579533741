using System.Collections.Immutable;
using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Ledger;

/// <summary>
/// Every refusal of docs/protocol.md §3, produced by a submission that breaks that rule and no earlier one.
/// </summary>
public sealed class Ledger_rules
{
    private static readonly TestNetwork Network = TestNetwork.Create();
    private static readonly Release First = TestNetwork.ReleaseOf("1.0.0");
    private static readonly Promotion Promoted = TestNetwork.PromotionOf(First);

    private readonly LedgerState _genesis =
        LedgerState.Genesis(Network.Root, Network.RootEnvelope, new RoleSignatures(16)).After;

    [Fact]
    public void A_first_release_its_promotion_and_its_revocation_are_taken() =>
        Assert.Equal(2UL + 3 + 1, After(First, Promoted, TestNetwork.RevocationOf(First)).Size);

    [Fact]
    public void Malformed_is_what_is_no_statement_of_ours() =>
        AssertRefused("malformed", _genesis, Signed("{}"));

    [Theory]
    [InlineData("resharing")]
    [InlineData("evidence")]
    public void Unsupported_is_a_predicate_without_a_form_yet(string predicate) =>
        AssertRefused("unsupported", _genesis, Signed(
            """{"_type":"https://in-toto.io/Statement/v1","subject":[]"""
            + $$$""","predicateType":"urn:supplychain:{{{predicate}}}:v1","predicate":{}}"""));

    [Fact]
    public void Unsupported_is_a_state_leaf_because_only_the_ledger_makes_them() =>
        AssertRefused("unsupported", _genesis, Network.Sign(new StateLeaf
        {
            Origin = TestNetwork.Origin,
            Height = 1,
            Time = First.Time,
            MapRoot = default,
            Previous = 1,
        }));

    [Fact]
    public void Wrong_origin_is_a_statement_of_another_network() =>
        AssertRefused("wrong-origin", _genesis, First with { Origin = "updates.example.org/staging" });

    [Fact]
    public void Unknown_product_is_one_that_no_role_owns() =>
        AssertRefused("unknown-product", _genesis, First with { Product = "windows" });

    [Fact]
    public void Wrong_signature_is_that_of_another_role() =>
        AssertRefused("wrong-signature", _genesis, Network.RootHolders.Sign(First));

    [Fact]
    public void Wrong_signature_is_none_at_all() =>
        AssertRefused("wrong-signature", _genesis, Envelope.Of(First.ToPayload()));

    [Fact]
    public void Wrong_signature_is_the_right_one_with_another_beside_it() =>
        AssertRefused("wrong-signature", _genesis, Envelope.Of(
            First.ToPayload(),
            Network.Maintainers.Sign(First.ToPayload()),
            Network.RootHolders.Sign(First.ToPayload())));

    [Fact]
    public void Wrong_signature_stays_wrong_after_the_right_one_was_seen()
    {
        Assert.Null(_genesis.Check(Network.Sign(First)));
        AssertRefused("wrong-signature", _genesis, Network.RootHolders.Sign(First));
    }

    [Fact]
    public void Duplicate_is_what_the_log_has() => AssertRefused("duplicate", After(First), First);

    [Fact]
    public void Stale_is_a_release_after_somebody_elses()
    {
        AssertRefused("stale", After(First), TestNetwork.ReleaseOf("1.0.1"));
        AssertRefused("stale", After(First), TestNetwork.ReleaseOf("1.1.0", sequence: 3, First.Id()));
        AssertRefused("stale", After(First), TestNetwork.ReleaseOf("1.1.0", sequence: 2, Promoted.Id()));
    }

    [Fact]
    public void Stale_is_a_promotion_that_does_not_follow_the_channels_last() =>
        AssertRefused("stale", After(First, Promoted), Promoted with { Time = Promoted.Time + 1 });

    [Fact]
    public void Version_taken_is_a_version_with_other_content() =>
        AssertRefused("version-taken", After(First), TestNetwork.ReleaseOf("1.0.0", sequence: 2, First.Id()));

    [Fact]
    public void Unknown_release_is_one_that_is_not_in_the_log_or_has_another_id()
    {
        AssertRefused("unknown-release", _genesis, Promoted);
        AssertRefused("unknown-release", _genesis, TestNetwork.RevocationOf(First));
        AssertRefused("unknown-release", After(First), Promoted with { Release = Promoted.Id() });
        AssertRefused(
            "unknown-release", After(First),
            TestNetwork.RevocationOf(First) with { Version = TestNetwork.Version("1.0.1") });
    }

    [Fact]
    public void Version_not_higher_is_a_promotion_that_goes_back_or_repeats()
    {
        var older = TestNetwork.ReleaseOf("1.0.0-rc.1", sequence: 2, First.Id());
        var back = TestNetwork.PromotionOf(older, Promoted.Id());
        AssertRefused("version-not-higher", After(First, Promoted, older), back);
        AssertRefused("version-not-higher", After(First, Promoted), Promoted with { Previous = Promoted.Id() });
    }

    [Fact]
    public void Versions_are_in_NuGet_order_not_in_that_of_text()
    {
        var ninth = TestNetwork.ReleaseOf("1.9.0", sequence: 2, First.Id());
        var tenth = TestNetwork.ReleaseOf("1.10.0", sequence: 3, ninth.Id());
        var toNinth = TestNetwork.PromotionOf(ninth, Promoted.Id());
        var toTenth = Network.Sign(TestNetwork.PromotionOf(tenth, toNinth.Id()));
        Assert.Null(After(First, Promoted, ninth, toNinth, tenth).Check(toTenth));
    }

    [Fact]
    public void Revoked_is_for_ever()
    {
        var revoked = After(First, TestNetwork.RevocationOf(First));
        AssertRefused("revoked", revoked, Promoted);
        AssertRefused("revoked", revoked, TestNetwork.RevocationOf(First) with { Reason = "again" });
    }

    [Fact]
    public void Time_backwards_is_a_time_before_the_previous_ones()
    {
        var second = TestNetwork.ReleaseOf("1.1.0", sequence: 2, First.Id());
        AssertRefused("time-backwards", After(First), second with { Time = First.Time - 1 });
        var promotion = TestNetwork.PromotionOf(second, Promoted.Id()) with { Time = Promoted.Time - 1 };
        AssertRefused("time-backwards", After(First, Promoted, second), promotion);
    }

    [Fact]
    public void Every_refusal_has_its_name_in_the_table()
    {
        string table = File.ReadAllText(RepositoryRoot.Combine("docs", "protocol.md"));
        Assert.All(
            Enum.GetValues<LedgerRefusal>(),
            refusal => Assert.Contains($"| `{refusal.Name()}` |", table, StringComparison.Ordinal));
    }

    [Fact]
    public void The_roots_are_those_of_a_ledger_written_apart()
    {
        var expected = new TestLog(Network);
        Assert.Equal(expected.Checkpoint.Root, _genesis.LogRoot);
        Assert.Equal(expected.Map.Root, _genesis.MapRoot);

        Statement[] statements = [First, Promoted, TestNetwork.RevocationOf(First)];
        foreach (var statement in statements) expected.Accept(statement);
        expected.Seal(time: 77);
        var ledger = Execute(_genesis, time: 77, height: 1, statements).After;
        Assert.Equal(expected.Checkpoint.Root, ledger.LogRoot);
        Assert.Equal(expected.Map.Root, ledger.MapRoot);
        Assert.Equal(expected.Size.Value, ledger.Size);
    }

    [Fact]
    public void A_block_without_entries_changes_nothing()
    {
        Assert.True(_genesis.TryExecute([], 77, 1, out var executed, out _));
        Assert.Same(_genesis, executed.After);
        Assert.Empty(executed.Entries);
    }

    [Fact]
    public void A_block_with_one_bad_entry_is_refused_whole_and_the_state_is_as_before()
    {
        var before = (_genesis.LogRoot, _genesis.MapRoot);
        var entries = Entries(First, Promoted, Promoted);
        Assert.False(_genesis.TryExecute(entries, 77, 1, out _, out var refusal));
        Assert.Equal(LedgerRefusal.Duplicate, refusal);
        Assert.Equal(before, (_genesis.LogRoot, _genesis.MapRoot));
    }

    [Fact]
    public void Replaying_a_stored_block_leads_to_the_same_roots()
    {
        var executed = Execute(_genesis, time: 77, height: 1, First, Promoted);
        var replayed = _genesis.Replay(Entries(First, Promoted), 77, 1);
        Assert.Equal(executed.After.LogRoot, replayed.After.LogRoot);
        Assert.Equal(
            executed.Entries.Select(entry => Digest.Of(entry.Span)),
            replayed.Entries.Select(entry => Digest.Of(entry.Span)));
    }

    [Fact]
    public void An_artifact_keeps_the_index_of_the_first_release_that_carried_it()
    {
        var again = TestNetwork.ReleaseOf("1.1.0", sequence: 2, First.Id()) with { Artifacts = First.Artifacts };
        Assert.True(After(First, again).Map.TryGet(MapKey.Artifact(First.Artifacts[0].Sha256), out var value));
        Assert.True(ArtifactRow.TryRead(value.Span, out var row));
        Assert.Equal(2UL, row.First);
    }

    private static Envelope Signed(string payload)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(payload);
        return Envelope.Of(bytes, Network.Maintainers.Sign(bytes));
    }

    private static ImmutableArray<ReadOnlyMemory<byte>> Entries(params Statement[] statements) =>
        [.. statements.Select(statement => (ReadOnlyMemory<byte>)Network.Sign(statement).ToBytes())];

    private static ExecutedBlock Execute(LedgerState ledger, long time, ulong height, params Statement[] statements)
    {
        Assert.True(
            ledger.TryExecute(Entries(statements), time, height, out var executed, out var refusal), refusal?.Name());
        return executed;
    }

    private static void AssertRefused(string name, LedgerState ledger, Statement statement) =>
        AssertRefused(name, ledger, Network.Maintainers.Sign(statement));

    private static void AssertRefused(string name, LedgerState ledger, Envelope submission) =>
        Assert.Equal(name, ledger.Check(submission)?.Name());

    private LedgerState After(params Statement[] statements) =>
        Execute(_genesis, time: First.Time, height: 1, statements).After;
}
