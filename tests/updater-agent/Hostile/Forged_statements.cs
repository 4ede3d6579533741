using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;

namespace SupplyChain.UpdaterAgent.Tests.Hostile;

/// <summary>
/// All nodes certify a log that an honest ledger would not make: the maintainers' signatures and what they say still decide.
/// </summary>
public sealed class Forged_statements
{
    [Fact]
    public async Task Arbitrary_software_signed_by_another_role_is_release_signature_invalid()
    {
        await using var attacked = await Attacked.WithVersionOne();
        var forged = Attacked.VersionTwo(attacked);
        attacked.Show(attacked.Forge(log =>
        {
            log.Accept(forged, attacked.Network.Keys.RootHolders.Sign(forged));
            log.Accept(TestNetwork.PromotionOf(forged, PromotionOfOne(attacked).Id()));
        }));
        await attacked.Refuses("release-signature-invalid");
    }

    [Fact]
    public async Task A_stolen_share_alone_is_release_signature_invalid()
    {
        await using var attacked = await Attacked.WithVersionOne();
        var forged = Attacked.VersionTwo(attacked);
        var keys = attacked.Network.Keys.Maintainers;
        byte[] payload = forged.ToPayload();
        byte[] partial = keys.Shares[0].Sign(Envelope.Pae(payload)).ToBytes();
        var entry = Envelope.Of(payload, new EnvelopeSignature(EnvelopeSignature.KeyIdOf(keys.Key.PublicKey), partial.AsMemory()[2..]));
        attacked.Show(attacked.Forge(log =>
        {
            log.Accept(forged, entry);
            log.Accept(TestNetwork.PromotionOf(forged, PromotionOfOne(attacked).Id()));
        }));
        await attacked.Refuses("release-signature-invalid");
    }

    [Fact]
    public async Task A_fast_forward_that_nobody_signed_is_promotion_signature_invalid_and_raises_no_floor()
    {
        await using var attacked = await Attacked.WithVersionOne();
        var far = TestNetwork.ReleaseOf("999999.0.0", 2, attacked.First.Id());
        var promotion = TestNetwork.PromotionOf(far, PromotionOfOne(attacked).Id());
        attacked.Show(attacked.Forge(log =>
        {
            log.Accept(far);
            log.Accept(promotion, attacked.Network.Keys.RootHolders.Sign(promotion));
        }));
        await attacked.Refuses("promotion-signature-invalid");
        Assert.Equal("1.0.0", (await attacked.Agent.Status()).GetProperty("floor").GetString());
    }

    [Fact]
    public async Task A_staging_release_in_our_log_is_release_mismatch()
    {
        await using var attacked = await Attacked.WithVersionOne();
        var staging = Attacked.VersionTwo(attacked) with { Origin = "updates.example.org/staging" };
        attacked.Show(attacked.Forge(log =>
        {
            log.Accept(staging);
            log.Accept(TestNetwork.PromotionOf(staging, PromotionOfOne(attacked).Id()));
        }));
        await attacked.Refuses("release-mismatch");
    }

    [Fact]
    public async Task Another_products_promotion_in_our_channels_row_is_promotion_mismatch()
    {
        await using var attacked = await Attacked.WithVersionOne();
        var other = Attacked.VersionTwo(attacked);
        var promotion = TestNetwork.PromotionOf(other, PromotionOfOne(attacked).Id()) with { Product = "windows" };
        attacked.Show(attacked.Forge(log =>
        {
            ulong release = log.Accept(other);
            ulong index = log.Append(attacked.Network.Keys.Sign(promotion).ToBytes());
            var row = new ChannelRow(index, promotion.Id(), promotion.Version, release, promotion.Time, Root: 1);
            log.Set(MapKey.Channel(TestNetwork.Product, TestNetwork.Channel), row.ToBytes());
        }));
        await attacked.Refuses("promotion-mismatch");
    }

    [Fact]
    public async Task An_older_promotion_replayed_at_the_end_of_the_log_is_version_below_floor()
    {
        await using var attacked = await Attacked.OfferedVersionTwo();
        Assert.Equal(0, await attacked.Agent.RunJson("check"));
        var log = attacked.Network.LogAfter(4);
        log.Accept(PromotionOfOne(attacked));
        log.Seal(TestNetwork.Created);
        attacked.Show(log);
        await attacked.Refuses("version-below-floor");
    }

    [Fact]
    public async Task Junk_beside_the_signatures_of_an_envelope_is_release_malformed()
    {
        await using var attacked = await Attacked.WithVersionOne();
        var release = Attacked.VersionTwo(attacked);
        var entry = attacked.Network.Keys.Sign(release);
        attacked.Show(attacked.Forge(log =>
        {
            // The same statement and the same valid signature in another spelling.
            ulong index = log.Append([.. entry.ToBytes(), (byte)'\n']);
            log.Set(MapKey.Release(release.Product, release.Version), new ReleaseRow(index, entry.Id, Root: 1).ToBytes());
            log.Accept(TestNetwork.PromotionOf(release, PromotionOfOne(attacked).Id()));
        }));
        await attacked.Refuses("release-malformed");
    }

    [Fact]
    public async Task An_unknown_statement_in_the_place_of_a_promotion_is_promotion_malformed()
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Show(attacked.Forge(log =>
        {
            ulong index = log.Append(attacked.Network.Keys.RootEnvelope.ToBytes());
            var row = new ChannelRow(index, attacked.Network.Keys.RootEnvelope.Id, TestNetwork.Version("1.0.0"), 2, TestNetwork.Created, Root: 1);
            log.Set(MapKey.Channel(TestNetwork.Product, TestNetwork.Channel), row.ToBytes());
        }));
        await attacked.Refuses("promotion-malformed");
    }

    [Fact]
    public async Task Software_for_another_machine_is_target_mismatch()
    {
        await using var attacked = await Attacked.OfferedVersionTwo(release => release with { Target = new("riscv64") });
        await attacked.Refuses("target-mismatch");
    }

    [Fact]
    public async Task A_revoked_release_is_release_revoked()
    {
        await using var attacked = await Attacked.WithVersionOne();
        attacked.Network.Revoke(attacked.Network.Offer("2.0.0", Attacked.Two));
        await attacked.Refuses("release-revoked");
    }

    [Fact]
    public async Task Nothing_beside_the_payload_is_fetched_or_installed()
    {
        var extra = TestNetwork.ArtifactOf("extra.bin");
        await using var attacked = await Attacked.OfferedVersionTwo(release => release with { Artifacts = [.. release.Artifacts, extra] });
        attacked.Network.Requests.Clear();
        await attacked.InstallsTwo("failures");
        Assert.DoesNotContain(attacked.Network.Requests, request => request.Path.Contains(extra.Sha256.ToHex(), StringComparison.Ordinal));
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(attacked.Agent.Install, "current/")));
    }

    private static Promotion PromotionOfOne(Attacked attacked) => TestNetwork.PromotionOf(attacked.First);
}
