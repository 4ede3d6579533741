using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Bls;
using static SupplyChain.Protocol.Tests.Verification.Scenario;

namespace SupplyChain.Protocol.Tests.Verification;

/// <summary>
/// Steps 8 and 9. Where the bundle disagrees with a certified map, all nodes are in league with the attacker: the
/// signatures of the maintainers must stop them still.
/// </summary>
public sealed class StatementStepTests
{
    private static readonly MapKey ChannelKey = MapKey.Channel(TestNetwork.Product, TestNetwork.Channel);

    [Fact]
    public void An_honest_bundle_proves_what_the_channel_offers()
    {
        Assert.True(Promoted().Verify().TryGet(out var update, out _));
        Assert.Equal(TheRelease.Id(), update.Release.Id());
        Assert.Equal(ThePromotion.Id(), update.Promotion.Id());
        Assert.Equal(TheRelease.Artifacts[0], update.Payload);
        Assert.False(update.ReleaseRow.IsRevoked);
    }

    [Fact]
    public void The_same_answer_again_is_the_same_decision_and_a_revocation_is_another()
    {
        var scenario = Promoted();
        Assert.True(scenario.Verify().TryGet(out var first, out _));
        scenario.Log.Seal(Now);
        Assert.True(scenario.Verify().TryGet(out var again, out _));
        scenario.Log.Accept(TestNetwork.RevocationOf(TheRelease));
        scenario.Log.Seal(Now);
        Assert.True(scenario.Verify().TryGet(out var revoked, out _));

        Assert.True(again.IsSameDecisionAs(first));
        Assert.False(revoked.IsSameDecisionAs(first));
    }

    [Fact]
    public void Entries_that_are_not_in_the_log_are_refused()
    {
        var proof = Promoted().Prove();
        var promoted = proof.Promoted!;
        var otherRelease = promoted.Release with { Entry = Network.Sign(TestNetwork.ReleaseOf("6.6.6")).ToBytes() };

        AssertRejected(
            RejectionReason.PromotionNotIncluded,
            Verify(proof with { Promoted = promoted with { Promotion = promoted.Promotion with { Entry = promoted.Release.Entry } } }));
        AssertRejected(RejectionReason.ReleaseNotIncluded, Verify(proof with { Promoted = promoted with { Release = otherRelease } }));
    }

    [Fact]
    public void Entries_at_other_places_than_the_map_says_are_refused()
    {
        var proof = Promoted().Prove();
        var promoted = proof.Promoted!;

        AssertRejected(
            RejectionReason.PromotionNotIncluded,
            Verify(proof with { Promoted = promoted with { Promotion = promoted.Release } }));
        AssertRejected(
            RejectionReason.ReleaseNotIncluded,
            Verify(proof with { Promoted = promoted with { Release = promoted.Promotion } }));
    }

    [Fact]
    public void Entries_that_are_no_promotion_and_no_release_are_malformed()
    {
        foreach (byte[] entry in (byte[][])["junk"u8.ToArray(), Network.RootEnvelope.ToBytes(), [.. PromotionEntry.ToBytes(), (byte)' ']])
        {
            AssertRejected(RejectionReason.PromotionMalformed, WithPromotionEntry(entry));
            AssertRejected(RejectionReason.ReleaseMalformed, WithReleaseEntry(entry));
        }
    }

    [Fact]
    public void A_promotion_of_something_else_is_a_mismatch()
    {
        Promotion[] others =
        [
            ThePromotion with { Origin = "updates.example.org/staging" },
            ThePromotion with { Product = "windows" },
            ThePromotion with { Channel = "nightly" },
            ThePromotion with { Version = TestNetwork.Version("1.2.1") },
            ThePromotion with { Time = ThePromotion.Time + 1 },
            ThePromotion with { Release = Digest.Of("another release"u8) },
        ];
        foreach (var other in others) AssertRejected(RejectionReason.PromotionMismatch, WithPromotion(other));
    }

    [Fact]
    public void A_promotion_with_another_id_than_the_map_says_is_a_mismatch() =>
        AssertRejected(RejectionReason.PromotionMismatch, WithChannelRow(row => row with { Id = Digest.Of("another id"u8) }));

    [Fact]
    public void A_release_of_something_else_is_a_mismatch()
    {
        Release[] others =
        [
            TheRelease with { Origin = "updates.example.org/staging" },
            TheRelease with { Product = "windows" },
            TheRelease with { Version = TestNetwork.Version("1.2.1") },
        ];
        foreach (var other in others) AssertRejected(RejectionReason.ReleaseMismatch, WithRelease(other));
    }

    [Fact]
    public void A_release_elsewhere_than_its_row_says_is_a_mismatch() => AssertRejected(
        RejectionReason.ReleaseMismatch,
        WithReleaseRow(row => row with { Index = row.Index + 7 }));

    [Fact]
    public void A_release_with_another_id_than_the_map_and_the_promotion_say_is_a_mismatch()
    {
        // Map and promotion agree on a release that is not the one at its index.
        var scenario = new Scenario();
        var absent = TestNetwork.ReleaseOf("1.2.0") with { Severity = Severity.Low };
        ulong index = scenario.Log.Accept(TheRelease, ReleaseEntry);
        scenario.Log.Set(MapKey.Release(TestNetwork.Product, TheRelease.Version), new ReleaseRow(index, absent.Id(), Root: 1).ToBytes());
        scenario.Log.Accept(TestNetwork.PromotionOf(absent));
        scenario.Log.Seal(Now);

        AssertRejected(RejectionReason.ReleaseMismatch, scenario.Verify());
    }

    [Fact]
    public void A_product_that_no_role_owns_is_refused()
    {
        var scenario = new Scenario();
        var orphan = TestNetwork.ReleaseOf("1.0.0") with
        {
            Product = "windows",
            Previous = Release.FirstPrevious(TestNetwork.Origin, "windows"),
        };
        scenario.Log.Accept(orphan);
        scenario.Log.Accept(TestNetwork.PromotionOf(orphan));
        scenario.Log.Seal(Now);

        AssertRejected(
            RejectionReason.RoleUnknown,
            Verifier.Verify(scenario.Log.Prove(Now, product: "windows"), Request with { Product = "windows" }, Now));
    }

    [Fact]
    public void A_root_version_without_a_key_is_refused()
    {
        foreach (ulong version in (ulong[])[0, 2])
        {
            AssertRejected(RejectionReason.RoleUnknown, WithChannelRow(row => row with { Root = version }));
            AssertRejected(RejectionReason.RoleUnknown, WithReleaseRow(row => row with { Root = version }));
        }
    }

    [Fact]
    public void What_a_compromised_key_signed_above_its_mark_is_refused_and_what_is_at_it_counts()
    {
        // The release is entry 2, its promotion entry 3.
        foreach (var (after, accepted) in (ReadOnlySpan<(ulong, bool)>)[(3, true), (2, false), (1, false)])
        {
            var scenario = Promoted();
            var root = Network.Root.Next().WithKeyOf(TestNetwork.RoleName, new TestGroup("kernel renewed")).WithMark(TestNetwork.RoleName, 1, after);
            var map = scenario.Log.Map;
            scenario.Log.Accept(root.ToRotation());
            // A network that lies: its map goes on naming what is void.
            foreach (var (key, value) in map.Rows) scenario.Log.Set(key, value);
            scenario.Log.Seal(Now);

            var verdict = new UpdateVerifier(root).Verify(scenario.Prove(), Request, Now);
            if (!accepted) AssertRejected(RejectionReason.KeyCompromised, verdict);
            else Assert.True(verdict.TryGet(out _, out var rejection), rejection?.ToString());
        }
    }

    [Fact]
    public void Signatures_that_are_not_exactly_the_roles_are_refused()
    {
        var maintainers = Network.Maintainers;
        var rootHolders = Network.RootHolders;
        var byRole = maintainers.Sign(ThePromotion.ToPayload());
        EnvelopeSignature[][] wrong =
        [
            [],
            [rootHolders.Sign(ThePromotion.ToPayload())],
            [byRole, rootHolders.Sign(ThePromotion.ToPayload())],
            [byRole with { KeyId = rootHolders.Sign(ThePromotion.ToPayload()).KeyId }],
            [byRole with { Signature = new byte[Signature.Size] }],
            [byRole with { Signature = new byte[1] }],
            [byRole with { Signature = rootHolders.Sign(ThePromotion.ToPayload()).Signature }],
            [maintainers.Sign(TheRelease.ToPayload())],
        ];
        foreach (var signatures in wrong)
        {
            var entry = Envelope.Of(ThePromotion.ToPayload(), signatures);
            AssertRejected(RejectionReason.PromotionSignatureInvalid, WithPromotionEntry(entry.ToBytes()));
        }
    }

    [Fact]
    public void One_maintainer_of_two_cannot_sign_a_release()
    {
        byte[] message = Envelope.Pae(TheRelease.ToPayload());
        var one = Network.Maintainers.Shares[0].Sign(message).Signature;
        var entry = Envelope.Of(
            TheRelease.ToPayload(),
            new EnvelopeSignature(EnvelopeSignature.KeyIdOf(Network.Maintainers.Key.PublicKey), one.ToBytes()));

        AssertRejected(RejectionReason.ReleaseSignatureInvalid, WithReleaseEntry(entry.ToBytes()));
    }

    [Fact]
    public void A_release_without_signature_or_by_another_role_is_refused()
    {
        AssertRejected(RejectionReason.ReleaseSignatureInvalid, WithReleaseEntry(Envelope.Of(TheRelease.ToPayload()).ToBytes()));
        AssertRejected(RejectionReason.ReleaseSignatureInvalid, WithReleaseEntry(Network.RootHolders.Sign(TheRelease).ToBytes()));
    }

    [Fact]
    public void What_was_signed_with_an_earlier_key_stays_valid()
    {
        // Under root 2 the role has another key; release and promotion were accepted under root 1.
        var old = Network.Root.Roles[0];
        var renewed = Network.Root with
        {
            Version = 2,
            Roles =
            [
                old with { Key = new TestGroup("renewed").Key.PublicKey, Earlier = [new(old.Key, 1, 1)] },
                Network.Root.Roles[1],
            ],
        };
        var scenario = Promoted();
        scenario.Log.Set(MapKey.Root(2), new RootRow(4, renewed.Id()).ToBytes());
        scenario.Log.Seal(Now);
        var proof = scenario.Prove() with
        {
            RootVersion = 2,
            Root = ProvenRow.Of(scenario.Log.Map, MapKey.Root(2)),
            NextRoot = ProvenRow.Of(scenario.Log.Map, MapKey.Root(3)),
        };

        Assert.True(new UpdateVerifier(renewed).Verify(proof, Request, Now).TryGet(out _, out _));

        // Had they been accepted under root 2, the earlier key would not do.
        Assert.True(ChannelRow.TryRead(proof.Channel.Value!.Value.Span, out var row));
        scenario.Log.Set(ChannelKey, (row with { Root = 2 }).ToBytes());
        scenario.Log.Seal(Now);
        var underTwo = scenario.Prove() with
        {
            RootVersion = 2,
            Root = ProvenRow.Of(scenario.Log.Map, MapKey.Root(2)),
            NextRoot = ProvenRow.Of(scenario.Log.Map, MapKey.Root(3)),
        };
        AssertRejected(RejectionReason.PromotionSignatureInvalid, new UpdateVerifier(renewed).Verify(underTwo, Request, Now));
    }

    // What stands at the promotion's index, with a map that stands by it.
    private static Verdict<VerifiedUpdate> WithPromotionEntry(byte[] entry)
    {
        var scenario = new Scenario();
        ulong release = scenario.Log.Accept(TheRelease, ReleaseEntry);
        ulong index = scenario.Log.Append(entry);
        scenario.Log.Set(
            ChannelKey,
            new ChannelRow(index, ThePromotion.Id(), ThePromotion.Version, release, ThePromotion.Time, Root: 1).ToBytes());
        scenario.Log.Seal(Now);
        return scenario.Verify();
    }

    private static Verdict<VerifiedUpdate> WithReleaseEntry(byte[] entry)
    {
        var scenario = new Scenario();
        ulong index = scenario.Log.Append(entry);
        scenario.Log.Set(MapKey.Release(TestNetwork.Product, TheRelease.Version), new ReleaseRow(index, TheRelease.Id(), Root: 1).ToBytes());
        scenario.Log.Accept(ThePromotion, PromotionEntry);
        scenario.Log.Seal(Now);
        return scenario.Verify();
    }

    // The channel's row names this promotion, and otherwise says what was asked for.
    private static Verdict<VerifiedUpdate> WithPromotion(Promotion promotion)
    {
        var scenario = new Scenario();
        ulong release = scenario.Log.Accept(TheRelease, ReleaseEntry);
        ulong index = scenario.Log.Append(Network.Sign(promotion).ToBytes());
        scenario.Log.Set(
            ChannelKey,
            new ChannelRow(index, promotion.Id(), ThePromotion.Version, release, ThePromotion.Time, Root: 1).ToBytes());
        scenario.Log.Seal(Now);
        return scenario.Verify();
    }

    private static Verdict<VerifiedUpdate> WithRelease(Release release)
    {
        var scenario = new Scenario();
        ulong index = scenario.Log.Append(Network.Sign(release).ToBytes());
        scenario.Log.Set(MapKey.Release(TestNetwork.Product, TheRelease.Version), new ReleaseRow(index, release.Id(), Root: 1).ToBytes());
        scenario.Log.Accept(ThePromotion with { Release = release.Id() });
        scenario.Log.Seal(Now);
        return scenario.Verify();
    }

    private static Verdict<VerifiedUpdate> WithChannelRow(Func<ChannelRow, ChannelRow> change)
    {
        var scenario = Promoted();
        Assert.True(scenario.Log.Map.TryGet(ChannelKey, out var value));
        Assert.True(ChannelRow.TryRead(value.Span, out var row));
        scenario.Log.Set(ChannelKey, change(row).ToBytes());
        scenario.Log.Seal(Now);
        return scenario.Verify();
    }

    private static Verdict<VerifiedUpdate> WithReleaseRow(Func<ReleaseRow, ReleaseRow> change)
    {
        var scenario = Promoted();
        var key = MapKey.Release(TestNetwork.Product, TheRelease.Version);
        Assert.True(scenario.Log.Map.TryGet(key, out var value));
        Assert.True(ReleaseRow.TryRead(value.Span, out var row));
        scenario.Log.Set(key, change(row).ToBytes());
        scenario.Log.Seal(Now);
        return scenario.Verify();
    }
}
