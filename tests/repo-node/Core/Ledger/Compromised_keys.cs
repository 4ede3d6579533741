using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Ledger;

/// <summary>A role's key is stolen, and a rotation marks it (docs/protocol.md §3): what is void, what stands, and what comes next.</summary>
public sealed class Compromised_keys : LedgerUnderTheft
{
    [Fact]
    public void The_next_release_and_promotion_follow_the_last_that_stand()
    {
        ulong mark = Steal();
        AssertRefused("stale", Stolen.Sign(Honest));
        Rotate(mark);

        Assert.Equal((1UL, First.Id()), (Product()!.Sequence, Product()!.Id));
        Assert.Equal((FirstPromoted.Id(), "1.0.0"), (Channel()!.Id, Channel()!.Version.ToString()));
        Take(Renewed, Honest);
        Take(Renewed, HonestPromoted);
        Assert.Equal((2UL, Honest.Id()), (Product()!.Sequence, Product()!.Id));
        Assert.Equal("1.1.0", Channel()!.Version.ToString());
    }

    [Fact]
    public void A_forged_release_counts_as_revoked_by_the_rotation_and_its_version_stays_taken()
    {
        ulong mark = Steal();
        ulong rotation = Ledger.Size;
        Rotate(mark);

        Assert.Equal(rotation, Release("9.0.0").Revocation);
        Assert.False(Release("1.0.0").IsRevoked);
        AssertRefused("version-taken", Renewed.Sign(Honest with { Version = Forged.Version }));
        AssertRefused("revoked", Renewed.Sign(TestNetwork.RevocationOf(Forged)));
        AssertRefused("revoked", Renewed.Sign(TestNetwork.PromotionOf(Forged, FirstPromoted.Id()) with { Time = ForgedPromoted.Time + 1 }));
        AssertRefused("duplicate", Renewed.Sign(Forged));
        Assert.True(Ledger.Map.TryGet(MapKey.Statement(Forged.Id()), out _));
        Assert.True(Ledger.Map.TryGet(MapKey.Artifact(Forged.Artifacts[0].Sha256), out _));
    }

    [Fact]
    public void The_compromised_key_signs_nothing_any_more_whatever_index_the_mark_has()
    {
        Rotate(Steal());
        AssertRefused("wrong-signature", Stolen.Sign(Honest));
        AssertRefused("wrong-signature", Stolen.Sign(TestNetwork.RevocationOf(First)));
    }

    [Fact]
    public void A_statement_at_the_mark_stands_and_the_next_one_is_void()
    {
        Steal();
        ulong release = Release("9.0.0").Index, promotion = Channel()!.Promotion;
        Rotate(after: promotion);
        Assert.Equal((2UL, "9.0.0"), (Product()!.Sequence, Channel()!.Version.ToString()));

        Rotate(after: promotion - 1);
        Assert.Equal((2UL, "1.0.0"), (Product()!.Sequence, Channel()!.Version.ToString()));
        Assert.False(Release("9.0.0").IsRevoked);

        Rotate(after: release);
        Assert.False(Release("9.0.0").IsRevoked);
        Rotate(after: release - 1);
        Assert.True(Release("9.0.0").IsRevoked);
        Assert.Equal(1UL, Product()!.Sequence);
    }

    [Fact]
    public void Where_nothing_stands_the_product_and_its_channel_are_as_if_new()
    {
        Steal();
        Rotate(after: 1);
        Assert.Null(Product());
        Assert.Null(Channel());

        var anew = TestNetwork.ReleaseOf("1.0.1");
        Take(Renewed, anew);
        Take(Renewed, TestNetwork.PromotionOf(anew));
        Assert.Equal((1UL, "1.0.1"), (Product()!.Sequence, Channel()!.Version.ToString()));
    }

    [Fact]
    public void A_forged_revocation_counts_for_nothing_and_the_release_can_be_revoked_anew()
    {
        Take(Stolen, First);
        ulong mark = Ledger.Size - 1;
        Take(Stolen, TestNetwork.RevocationOf(First));
        Assert.True(Release("1.0.0").IsRevoked);
        Rotate(mark);
        Assert.False(Release("1.0.0").IsRevoked);

        Take(Renewed, FirstPromoted);
        ulong index = Ledger.Size;
        Take(Renewed, TestNetwork.RevocationOf(First) with { Reason = "in earnest" });
        Assert.Equal(index, Release("1.0.0").Revocation);
    }

    [Fact]
    public void A_revocation_that_stands_stays_and_so_does_one_of_a_forged_release()
    {
        Take(Stolen, First);
        ulong first = Ledger.Size;
        Take(Stolen, TestNetwork.RevocationOf(First));
        ulong mark = Ledger.Size - 1;
        Take(Stolen, Forged);
        Rotate(after: null);
        ulong forged = Ledger.Size;
        Take(Renewed, TestNetwork.RevocationOf(Forged));
        Rotate(mark);
        Assert.Equal((first, forged), (Release("1.0.0").Revocation, Release("9.0.0").Revocation));
    }

    [Fact]
    public void A_forged_time_far_ahead_holds_nobody_back()
    {
        Take(Stolen, First);
        ulong mark = Ledger.Size - 1;
        Take(Stolen, Forged with { Time = 1L << 52 });
        AssertRefused("time-backwards", Stolen.Sign(TestNetwork.ReleaseOf("9.1.0", 3, (Forged with { Time = 1L << 52 }).Id())));
        Rotate(mark);
        Take(Renewed, Honest);
    }

    [Fact]
    public void A_promotion_of_a_forged_release_by_an_honest_key_does_not_hold_the_channel()
    {
        ulong mark = Steal();
        Rotate(after: null);
        var next = TestNetwork.ReleaseOf("9.1.0", 3, Forged.Id());
        Take(Renewed, next);
        Take(Renewed, TestNetwork.PromotionOf(next, ForgedPromoted.Id()));

        // Found out late: the release that followed the forged one is honest, and stands.
        Rotate(mark);
        Assert.Equal((3UL, next.Id()), (Product()!.Sequence, Product()!.Id));
        Assert.Equal("9.1.0", Channel()!.Version.ToString());
        Assert.True(Release("9.0.0").IsRevoked);
    }

    [Fact]
    public void A_channel_that_an_honest_key_led_to_a_forged_release_goes_back_too()
    {
        Take(Stolen, First);
        Take(Stolen, FirstPromoted);
        ulong mark = Ledger.Size - 1;
        Take(Stolen, Forged);
        Rotate(after: null);
        Take(Renewed, ForgedPromoted);
        Rotate(mark);
        Assert.Equal("1.0.0", Channel()!.Version.ToString());
        Take(Renewed, Honest);
        Take(Renewed, HonestPromoted);
    }

    [Fact]
    public void A_second_stolen_key_is_marked_like_the_first_which_stays_marked()
    {
        ulong mark = Steal();
        Rotate(mark);
        Take(Renewed, Honest);
        ulong second = Ledger.Size - 1;
        var forged = TestNetwork.ReleaseOf("8.0.0", 3, Honest.Id());
        Take(Renewed, forged);
        var next = Ledger.TrustRoot.Next().WithKeyOf(TestNetwork.RoleName, Again).WithMark(TestNetwork.RoleName, Ledger.TrustRoot.Version, second);
        Take(next.SignedBy(Network.RootHolders));
        Assert.True(Release("8.0.0").IsRevoked);
        Assert.True(Release("9.0.0").IsRevoked);
        Assert.Equal(Honest.Id(), Product()!.Id);
        Take(Again, TestNetwork.ReleaseOf("1.2.0", 3, Honest.Id()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Products_of_another_role_keep_what_they_have_unless_it_has_the_stolen_key_too(bool shared)
    {
        var others = shared ? Stolen : new TestGroup("tools");
        var tools = TestNetwork.RoleOf("tools", others, ["tool"]);
        Take((Ledger.TrustRoot.Next() with { Roles = [.. Ledger.TrustRoot.Roles, tools] }).SignedBy(Network.RootHolders));
        ulong mark = Steal();
        var tool = First with
        {
            Product = "tool",
            Previous = Protocol.Statements.Release.FirstPrevious(First.Origin, "tool"),
            Artifacts = [TestNetwork.ArtifactOf("tool.bin")],
        };
        Take(others, tool);

        var next = Marked(mark);
        Take((shared ? next.WithKeyOf("tools", Again).WithMark("tools", 2, mark) : next).SignedBy(Network.RootHolders));
        Assert.Equal(shared ? null : tool.Id(), LedgerRows.Product(Ledger.Map, "tool")?.Id);
        Assert.Equal("1.0.0", Channel()!.Version.ToString());
    }

    [Fact]
    public void Rotations_without_a_new_mark_change_nothing()
    {
        ulong mark = Steal();
        Rotate(mark);
        var rows = Ledger.Map.Rows.ToDictionary(row => row.Key, row => row.Value.ToArray());
        Rotate(mark);
        foreach (var (key, value) in rows)
        {
            Assert.True(Ledger.Map.TryGet(key, out var kept));
            Assert.Equal(value, kept.ToArray());
        }
    }

    [Fact]
    public void In_one_block_the_mark_counts_from_the_next_entry_on()
    {
        ulong mark = Steal();
        var rotation = Marked(mark);
        Take([rotation.SignedBy(Network.RootHolders), Renewed.Sign(Honest), Renewed.Sign(HonestPromoted)]);
        Assert.Equal("1.1.0", Channel()!.Version.ToString());
    }

    [Fact]
    public void Whatever_is_signed_and_marked_the_ledger_is_that_which_is_written_apart() => ForAll.Seeds(25, random =>
    {
        var run = new Compromised_keys();
        for (int step = 0; step < 14; step++) run.TakeAnything(random);
    });

    // What is refused is left out: the others have to agree with both ledgers all the same.
    private void TakeAnything(Random random)
    {
        var group = Ledger.TrustRoot.RoleFor(TestNetwork.Product)!.Earlier.Count == 0 ? Stolen : Renewed;
        string version = $"{random.Next(1, 4)}.{random.Next(20)}.0", channel = random.Next(2) == 0 ? "stable" : "canary";
        var product = Product();
        var known = Taken.Count == 0 ? null : Taken[random.Next(Taken.Count)];
        var envelope = random.Next(10) switch
        {
            < 4 => group.Sign(TestNetwork.ReleaseOf(version, (product?.Sequence ?? 0) + 1, product?.Id)),
            < 7 when known is not null => group.Sign(PromotionOf(known, channel)),
            < 8 when known is not null => group.Sign(TestNetwork.RevocationOf(known) with { Reason = version }),
            _ => Marked((ulong)random.Next((int)Ledger.Size)).SignedBy(Network.RootHolders),
        };
        if (Ledger.Check(envelope) is null) Take(envelope);
    }

    private Promotion PromotionOf(Release release, string channel)
    {
        var last = LedgerRows.Channel(Ledger.Map, TestNetwork.Product, channel);
        var first = Promotion.FirstPrevious(TestNetwork.Origin, TestNetwork.Product, channel);
        return TestNetwork.PromotionOf(release, last?.Id ?? first) with { Channel = channel, Time = Math.Max(release.Time, last?.Time ?? 0) };
    }
}
