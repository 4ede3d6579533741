using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using static SupplyChain.Protocol.Tests.Verification.Scenario;

namespace SupplyChain.Protocol.Tests.Verification;

/// <summary>Step 6: the map is that of this very checkpoint, and says what the bundle says it says.</summary>
public sealed class MapStepTests
{
    [Fact]
    public void An_older_state_leaf_is_refused()
    {
        var scenario = Promoted();
        ulong older = scenario.Log.Size.Value - 1;
        scenario.Log.Seal(Now);

        AssertRejected(RejectionReason.StateLeafMisplaced, Verify(scenario.Prove() with { State = scenario.Log.Include(older) }));
    }

    [Fact]
    public void A_state_leaf_that_is_not_in_the_tree_is_refused()
    {
        var scenario = Promoted();
        var proof = scenario.Prove();
        byte[] forged = new StateLeaf { Origin = TestNetwork.Origin, Height = 9, Time = Now, MapRoot = Digest.Of("mine"u8) }.ToEntry();

        AssertRejected(RejectionReason.StateLeafMisplaced, Verify(proof with { State = proof.State with { Entry = forged } }));
    }

    [Fact]
    public void A_tree_that_ends_in_something_else_is_refused()
    {
        byte[][] lastLeaves =
        [
            "junk"u8.ToArray(),
            ReleaseEntry.ToBytes(),
            new StateLeaf { Origin = "updates.example.org/staging", Height = 1, Time = Now, MapRoot = Promoted().Log.Map.Root }.ToEntry(),
            Network.Maintainers.Sign(new StateLeaf { Origin = TestNetwork.Origin, Height = 1, Time = Now, MapRoot = Promoted().Log.Map.Root }).ToBytes(),
        ];
        foreach (byte[] lastLeaf in lastLeaves)
        {
            var scenario = Promoted();
            scenario.Log.Append(lastLeaf);
            AssertRejected(RejectionReason.StateLeafMisplaced, scenario.Verify());
        }
    }

    [Fact]
    public void Rows_of_an_older_map_are_refused()
    {
        var scenario = Promoted();
        var old = scenario.Prove();
        var next = TestNetwork.ReleaseOf("1.3.0", 2, TheRelease.Id());
        scenario.Log.Accept(next);
        scenario.Log.Accept(TestNetwork.PromotionOf(next, ThePromotion.Id()));
        scenario.Log.Seal(Now);
        var proof = scenario.Prove();

        AssertRejected(RejectionReason.MapProofInvalid, Verify(proof with { Channel = old.Channel }));
        AssertRejected(RejectionReason.MapProofInvalid, Verify(proof with { Root = old.Root }));
        AssertRejected(RejectionReason.MapProofInvalid, Verify(proof with { NextRoot = old.NextRoot }));
        AssertRejected(RejectionReason.MapProofInvalid, Verify(proof with { Promoted = proof.Promoted! with { Row = old.Promoted!.Row } }));
    }

    [Fact]
    public void A_promotion_cannot_be_withheld_by_a_proof_of_absence_for_another_key()
    {
        var scenario = Promoted();
        var absent = ProvenRow.Of(scenario.Log.Map, MapKey.Channel(TestNetwork.Product, "nightly"));

        AssertRejected(RejectionReason.MapProofInvalid, Verify(scenario.Prove() with { Channel = absent, Promoted = null }));
    }

    [Fact]
    public void A_row_with_another_value_is_refused()
    {
        var proof = Promoted().Prove();
        var forged = new ReleaseRow(2, ReleaseEntry.Id, Root: 1, Revocation: 3).ToBytes();

        AssertRejected(
            RejectionReason.MapProofInvalid,
            Verify(proof with { Promoted = proof.Promoted! with { Row = proof.Promoted.Row with { Value = forged } } }));
    }

    [Fact]
    public void A_row_that_is_no_row_is_refused_even_when_it_is_in_the_map()
    {
        MapKey[] keys =
        [
            MapKey.Root(1),
            MapKey.Channel(TestNetwork.Product, TestNetwork.Channel),
            MapKey.Release(TestNetwork.Product, TheRelease.Version),
        ];
        foreach (var key in keys)
        {
            var scenario = Promoted();
            var promoted = scenario.Prove().Promoted;
            scenario.Log.Set(key, "{}"u8.ToArray());
            scenario.Log.Seal(Now);
            var proof = scenario.Prove();
            AssertRejected(RejectionReason.MapProofInvalid, Verify(proof with { Promoted = proof.Promoted ?? promoted }));
        }
    }

    [Fact]
    public void A_map_that_names_another_root_is_of_an_unknown_root()
    {
        var scenario = Promoted();
        scenario.Log.Set(MapKey.Root(1), new RootRow(0, Digest.Of("another root"u8)).ToBytes());
        scenario.Log.Seal(Now);

        AssertRejected(RejectionReason.RootUnknown, scenario.Verify());
    }

    [Fact]
    public void A_map_without_the_root_in_use_is_of_an_unknown_root()
    {
        var later = new UpdateVerifier(Network.Root with { Version = 5 });
        var log = Promoted().Log;
        var proof = log.Prove(Now);
        var asFive = proof with { RootVersion = 5, Root = ProvenRow.Of(log.Map, MapKey.Root(5)), NextRoot = ProvenRow.Of(log.Map, MapKey.Root(6)) };

        AssertRejected(RejectionReason.RootUnknown, later.Verify(asFive, Request, Now));
        AssertRejected(RejectionReason.RootUnknown, later.Verify(proof, Request, Now));
    }

    [Fact]
    public void A_newer_root_in_the_map_must_be_adopted_first()
    {
        var scenario = Promoted();
        scenario.Log.Set(MapKey.Root(2), new RootRow(4, Digest.Of("root 2"u8)).ToBytes());
        scenario.Log.Seal(Now);
        var asOne = scenario.Prove();
        var asTwo = asOne with
        {
            RootVersion = 2,
            Root = ProvenRow.Of(scenario.Log.Map, MapKey.Root(2)),
            NextRoot = ProvenRow.Of(scenario.Log.Map, MapKey.Root(3)),
        };

        AssertRejected(RejectionReason.RootOutdated, Verify(asOne));
        AssertRejected(RejectionReason.RootOutdated, Verify(asTwo));
    }

    [Fact]
    public void A_newer_root_cannot_be_hidden()
    {
        var scenario = Promoted();
        var before = scenario.Prove();
        scenario.Log.Set(MapKey.Root(2), new RootRow(4, Digest.Of("root 2"u8)).ToBytes());
        scenario.Log.Seal(Now);

        AssertRejected(RejectionReason.MapProofInvalid, Verify(scenario.Prove() with { NextRoot = before.NextRoot }));
        AssertRejected(
            RejectionReason.MapProofInvalid,
            Verify(scenario.Prove() with { NextRoot = ProvenRow.Of(scenario.Log.Map, MapKey.Root(3)) }));
    }

    [Fact]
    public void A_channel_without_promotion_is_proven_absent()
    {
        var log = new TestLog(Network);
        AssertRejected(RejectionReason.ChannelAbsent, Verify(log.Prove(Now)));

        // The checkpoint is good nevertheless, and an agent keeps it.
        Assert.True(Verifier.Attest(log.Prove(Now), Request, Now).TryGet(out var map, out _));
        Assert.Equal(log.Checkpoint, map.Certified.Checkpoint);
    }

    [Fact]
    public void One_row_of_the_map_can_be_asked_for()
    {
        var log = Promoted().Log;
        var key = MapKey.Product(TestNetwork.Product);
        var answer = new MapAnswer(Network.Certify(log.Checkpoint, Now), log.Include(log.Size.Value - 1), ProvenRow.Of(log.Map, key));

        Assert.True(Verifier.VerifyRow(answer, key, Now).TryGet(out var row, out _));
        Assert.True(ProductRow.TryRead(row.Value!.Value.Span, out var product));
        Assert.Equal(TheRelease.Id(), product.Id);
        AssertRejected(RejectionReason.MapProofInvalid, Verifier.VerifyRow(answer, MapKey.Product("other"), Now));
        AssertRejected(RejectionReason.CheckpointStale, Verifier.VerifyRow(answer, key, Now + 10_000));
        AssertRejected(RejectionReason.StateLeafMisplaced, Verifier.VerifyRow(answer with { State = log.Include(1) }, key, Now));
    }
}
