using System.Collections.Immutable;
using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Sharing;

namespace SupplyChain.RepoNode.Tests.Core.Ledger;

/// <summary>The rules of docs/protocol.md §3 for rotations, each broken by itself, and what a rotation changes.</summary>
public sealed class Rotation_rules
{
    private static readonly TestNetwork Network = TestNetwork.Create();
    private static readonly TestGroup OldRoot = Network.RootHolders, NewRoot = new("root renewed"), NewKernel = new("kernel renewed");
    private static readonly TrustRoot Second = Network.Root.Next();

    private readonly LedgerState _genesis =
        LedgerState.Genesis(Network.Root, Network.RootEnvelope, new RoleSignatures(64)).After;

    [Fact]
    public void A_rotation_to_the_next_root_is_in_force_from_the_next_entry_on()
    {
        var next = Second.WithKeyOf(TestNetwork.RoleName, NewKernel);
        var release = TestNetwork.ReleaseOf("1.0.0");
        var after = Execute(_genesis, next.SignedBy(OldRoot), NewKernel.Sign(release));

        Assert.Equal(2UL, after.TrustRoot.Version);
        Assert.True(after.Map.TryGet(MapKey.Root(2), out var root) && RootRow.TryRead(root.Span, out var row) && row.Index == 2);
        Assert.True(after.Map.TryGet(MapKey.Role(TestNetwork.RoleName), out var role));
        Assert.Equal(new RoleRow(NewKernel.Key.PublicKey, NewKernel.Key.Threshold).ToBytes(), role.ToArray());
        var key = MapKey.Release(TestNetwork.Product, release.Version);
        Assert.True(after.Map.TryGet(key, out var value) && ReleaseRow.TryRead(value.Span, out var accepted) && accepted.Root == 2);
    }

    [Fact]
    public void The_old_key_of_a_role_signs_nothing_any_more_and_what_it_signed_stands()
    {
        var first = TestNetwork.ReleaseOf("1.0.0");
        var next = Second.WithKeyOf(TestNetwork.RoleName, NewKernel);
        var after = Execute(_genesis, Network.Sign(first), next.SignedBy(OldRoot));

        var second = TestNetwork.ReleaseOf("1.1.0", 2, first.Id());
        AssertRefused("wrong-signature", after, Network.Sign(second));
        Assert.Null(after.Check(NewKernel.Sign(second)));
        Assert.Equal(Network.Maintainers.Key.PublicKey, after.TrustRoot.KeyFor(TestNetwork.Product, 1));
    }

    [Fact]
    public void A_new_root_key_needs_the_old_one_s_signature_and_its_own()
    {
        var next = Second.WithKeyOf(Role.Root, NewRoot);
        AssertRefused("wrong-signature", next.SignedBy(OldRoot));
        AssertRefused("wrong-signature", next.SignedBy(NewRoot));
        AssertRefused("wrong-signature", next.SignedBy(OldRoot, NewRoot, NewKernel));
        AssertRefused("wrong-signature", next.SignedBy(OldRoot, NewKernel));

        var after = Execute(_genesis, next.SignedBy(OldRoot, NewRoot));
        var third = after.TrustRoot.Next();
        AssertRefused("wrong-signature", after, third.SignedBy(OldRoot));
        Assert.Equal(3UL, Execute(after, third.SignedBy(NewRoot)).TrustRoot.Version);
    }

    [Fact]
    public void An_unchanged_root_key_signs_once_and_alone() =>
        AssertRefused("wrong-signature", Second.SignedBy(OldRoot, NewRoot));

    [Fact]
    public void Nothing_of_it_is_read_before_the_root_key_in_force_is_found_to_have_signed()
    {
        byte[] payload = Second.ToRotation().ToPayload();
        string broken = Encoding.UTF8.GetString(payload).Replace("\"roles\":[", "\"roles\":[[", StringComparison.Ordinal);
        byte[] junk = Encoding.UTF8.GetBytes(broken);

        AssertRefused("wrong-signature", Envelope.Of(junk, NewRoot.Sign(junk)));
        AssertRefused("malformed", Envelope.Of(junk, OldRoot.Sign(junk)));
    }

    [Fact]
    public void Duplicate_is_a_rotation_that_the_log_has()
    {
        var rotation = Second.SignedBy(OldRoot);
        AssertRefused("duplicate", Execute(_genesis, rotation), rotation);
    }

    [Fact]
    public void Stale_is_every_version_but_the_next()
    {
        AssertRefused("stale", Network.RootEnvelope);
        AssertRefused("stale", Second.Next().SignedBy(OldRoot));
        var after = Execute(_genesis, Second.SignedBy(OldRoot));
        AssertRefused("stale", after, (Second with { Expires = Second.Expires + 1 }).SignedBy(OldRoot));
    }

    [Fact]
    public void Wrong_origin_is_a_root_of_another_network() =>
        AssertRefused("wrong-origin", (Second with { Origin = "updates.example.org/staging" }).SignedBy(OldRoot));

    [Fact]
    public void Nodes_changed_is_any_change_of_a_node()
    {
        AssertRefused("nodes-changed", (Second with { Nodes = TestNetwork.Create(7).Root.Nodes }).SignedBy(OldRoot));
        var moved = Second.Nodes[0] with { Url = "http://elsewhere.example.org:8080" };
        AssertRefused("nodes-changed", (Second with { Nodes = [moved, .. Second.Nodes.Skip(1)] }).SignedBy(OldRoot));
    }

    [Fact]
    public void A_rotation_that_was_meant_and_is_refused_is_read_once_on_one_ledger()
    {
        var refused = (Second with { Nodes = TestNetwork.Create(7).Root.Nodes }).SignedBy(OldRoot);
        AssertRefused("nodes-changed", refused);
        AssertRefused("nodes-changed", refused);
        AssertRefused("wrong-signature", Second.WithKeyOf(Role.Root, NewRoot).SignedBy(OldRoot, NewKernel));
        AssertRefused("stale", Second.Next().SignedBy(OldRoot));
        Assert.Equal(1, _genesis.RefusedRotations.Count);

        var after = Execute(_genesis, Network.Sign(TestNetwork.ReleaseOf("1.0.0")));
        AssertRefused("nodes-changed", after, refused);
        Assert.Equal(2, after.RefusedRotations.Count);
    }

    [Fact]
    public void A_refusal_is_remembered_for_one_log_and_the_oldest_are_forgotten()
    {
        var remembered = new RefusedRotations(capacity: 2);
        var rotation = Second.SignedBy(OldRoot);
        int checks = 0;
        LedgerRefusal? Ask(byte log, LedgerRefusal? refusal) => remembered.Of(Digest.Of([log]), rotation, () =>
        {
            checks++;
            return refusal;
        });

        Assert.Equal(LedgerRefusal.RoleDropped, Ask(1, LedgerRefusal.RoleDropped));
        Assert.Equal(LedgerRefusal.RoleDropped, Ask(1, null));
        Assert.Null(Ask(2, null));
        Assert.Equal(LedgerRefusal.Stale, Ask(2, LedgerRefusal.Stale));
        Assert.Equal(LedgerRefusal.TimeBackwards, Ask(2, LedgerRefusal.TimeBackwards));
        Assert.Equal(4, checks);

        Ask(3, LedgerRefusal.NodesChanged);
        Assert.Equal(2, remembered.Count);
        Assert.Null(Ask(1, null));
    }

    [Fact]
    public void Role_dropped_is_a_root_without_a_role_of_the_last() =>
        AssertRefused("role-dropped", (Second with { Roles = [Second.RootRole] }).SignedBy(OldRoot));

    [Fact]
    public void Product_moved_is_a_product_that_loses_or_changes_its_role()
    {
        var lost = Second.WithRole(TestNetwork.RoleName, role => role with { Products = [] });
        AssertRefused("product-moved", lost.SignedBy(OldRoot));
        var moved = lost.WithRole(Role.Root, role => role with { Products = [TestNetwork.Product] });
        AssertRefused("product-moved", moved.SignedBy(OldRoot));
    }

    [Fact]
    public void Earlier_keys_wrong_is_a_history_that_does_not_continue_the_last()
    {
        var replaced = Second.WithKeyOf(TestNetwork.RoleName, NewKernel);
        EarlierKey was = new(Network.Maintainers.Key.PublicKey, 1, 1), other = new(NewRoot.Key.PublicKey, 1, 1);
        EarlierKey[][] wrong = [[], [other], [other, was with { From = 2, To = 2 }]];
        foreach (var earlier in wrong.Where(keys => keys.All(key => key.To < 2)))
        {
            var root = replaced.WithRole(TestNetwork.RoleName, role => role with { Earlier = earlier });
            AssertRefused("earlier-keys-wrong", root.SignedBy(OldRoot));
        }

        // An unchanged key, and a new role, have no history to make up.
        var kept = Second.WithRole(TestNetwork.RoleName, role => role with { Earlier = [other] });
        AssertRefused("earlier-keys-wrong", kept.SignedBy(OldRoot));
        var added = NewRole() with { Earlier = [other] };
        AssertRefused("earlier-keys-wrong", (Second with { Roles = [added, .. Second.Roles] }).SignedBy(OldRoot));
    }

    [Fact]
    public void The_history_of_a_role_carries_over()
    {
        var second = Execute(_genesis, Second.WithKeyOf(TestNetwork.RoleName, NewKernel).SignedBy(OldRoot));
        var third = second.TrustRoot.Next();
        AssertRefused(
            "earlier-keys-wrong", second, third.WithRole(TestNetwork.RoleName, role => role with { Earlier = [] }).SignedBy(OldRoot));

        var newest = new TestGroup("kernel again");
        var after = Execute(second, third.WithKeyOf(TestNetwork.RoleName, newest).SignedBy(OldRoot));
        EarlierKey[] expected = [new(Network.Maintainers.Key.PublicKey, 1, 1), new(NewKernel.Key.PublicKey, 2, 2)];
        Assert.Equal(expected, after.TrustRoot.RoleFor(TestNetwork.Product)!.Earlier);
    }

    [Fact]
    public void Threshold_changed_is_another_threshold_under_the_same_key()
    {
        var lowered = Second.WithRole(TestNetwork.RoleName, role => role with { Threshold = new Threshold(3, 3, 0) });
        AssertRefused("threshold-changed", lowered.SignedBy(OldRoot));
    }

    [Fact]
    public void Time_backwards_is_a_root_made_before_the_last() =>
        AssertRefused("time-backwards", (Second with { Created = Network.Root.Created - 1 }).SignedBy(OldRoot));

    [Fact]
    public void Publishers_limits_products_and_roles_may_change()
    {
        var next = Second with
        {
            Publishers = [Ed25519PrivateKey.FromSeed(TestNetwork.Seed("other publisher")).PublicKey],
            Freshness = new Freshness(1_200, 20, 30),
            Roles = [NewRole(), .. Second.WithRole(TestNetwork.RoleName, role => role with { Products = ["firmware", "linux"] }).Roles],
        };
        var after = Execute(_genesis, next.SignedBy(OldRoot)).TrustRoot;
        Assert.Equal("applications", after.RoleFor("browser")?.Name);
        Assert.Equal(TestNetwork.RoleName, after.RoleFor("firmware")?.Name);
        Assert.Equal(30, after.Freshness.AttestEvery);
    }

    [Fact]
    public void Two_rotations_to_one_version_do_not_both_count()
    {
        ImmutableArray<ReadOnlyMemory<byte>> entries =
            [Second.SignedBy(OldRoot).ToBytes(), (Second with { Expires = Second.Expires + 1 }).SignedBy(OldRoot).ToBytes()];
        Assert.False(_genesis.TryExecute(entries, 77, 1, out _, out var refusal));
        Assert.Equal(LedgerRefusal.Stale, refusal);
    }

    [Fact]
    public void The_roots_are_those_of_a_ledger_written_apart_and_a_replay_leads_there_too()
    {
        var next = Second.WithKeyOf(TestNetwork.RoleName, NewKernel);
        var entry = next.SignedBy(OldRoot);
        var expected = new TestLog(Network);
        expected.Accept(next.ToRotation(), entry);
        expected.Seal(time: 77);

        var executed = Execute(_genesis, entry);
        var replayed = _genesis.Replay([entry.ToBytes()], 77, 1).After;
        Assert.Equal(expected.Checkpoint.Root, executed.LogRoot);
        Assert.Equal(expected.Checkpoint.Root, replayed.LogRoot);
        Assert.Equal(2UL, replayed.TrustRoot.Version);
        AssertRefused("stale", replayed, (next with { Expires = next.Expires + 1 }).SignedBy(OldRoot));
    }

    private static Role NewRole()
    {
        var group = new TestGroup("applications");
        return new Role("applications", group.Key.PublicKey, group.Key.Threshold, ["browser"], []);
    }

    private static LedgerState Execute(LedgerState ledger, params Envelope[] envelopes)
    {
        ImmutableArray<ReadOnlyMemory<byte>> entries = [.. envelopes.Select(envelope => (ReadOnlyMemory<byte>)envelope.ToBytes())];
        Assert.True(ledger.TryExecute(entries, 77, 1, out var executed, out var refusal), refusal?.Name());
        return executed.After;
    }

    private static void AssertRefused(string name, LedgerState ledger, Envelope submission) =>
        Assert.Equal(name, ledger.Check(submission)?.Name());

    private void AssertRefused(string name, Envelope submission) => AssertRefused(name, _genesis, submission);
}
