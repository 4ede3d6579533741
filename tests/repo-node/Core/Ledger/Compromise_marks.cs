using SupplyChain.Protocol;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Ledger;

/// <summary>The ledger rules of docs/protocol.md §3 for marks, each broken by itself.</summary>
public sealed class Compromise_marks : LedgerUnderTheft
{
    [Fact]
    public void Mark_loosened_is_one_that_is_taken_back_or_goes_up()
    {
        Rotate(Steal());
        var next = Ledger.TrustRoot.Next();
        ulong mark = next.Roles[0].Earlier[0].CompromisedAfter!.Value;
        AssertRefused("mark-loosened", next.WithMark(TestNetwork.RoleName, 1, null).SignedBy(Network.RootHolders));
        AssertRefused("mark-loosened", next.WithMark(TestNetwork.RoleName, 1, mark + 1).SignedBy(Network.RootHolders));
        Assert.Null(Ledger.Check(next.WithMark(TestNetwork.RoleName, 1, mark - 1).SignedBy(Network.RootHolders)));
        var replaced = next.WithKeyOf(TestNetwork.RoleName, Again).WithMark(TestNetwork.RoleName, 1, null);
        AssertRefused("mark-loosened", replaced.SignedBy(Network.RootHolders));
    }

    [Fact]
    public void Mark_beyond_log_is_one_at_the_rotation_s_own_index_or_above()
    {
        Steal();
        AssertRefused("mark-beyond-log", Marked(Ledger.Size).SignedBy(Network.RootHolders));
        AssertRefused("mark-beyond-log", Marked(Limits.MaxJsonNumber).SignedBy(Network.RootHolders));
        Assert.Null(Ledger.Check(Marked(Ledger.Size - 1).SignedBy(Network.RootHolders)));
    }

    [Fact]
    public void Marked_key_in_force_is_one_that_a_role_goes_on_signing_with()
    {
        Steal();
        var shared = new Role("tools", Stolen.Key.PublicKey, Stolen.Key.Threshold, ["hammer"], []);
        var next = Marked(2);
        AssertRefused("marked-key-in-force", (next with { Roles = [.. next.Roles, shared] }).SignedBy(Network.RootHolders));
        Rotate(2);
        var later = Ledger.TrustRoot.Next();
        AssertRefused("marked-key-in-force", (later with { Roles = [.. later.Roles, shared] }).SignedBy(Network.RootHolders));
    }

    [Fact]
    public void A_mark_without_a_new_key_is_none()
    {
        Steal();
        var present = new EarlierKey(Stolen.Key.PublicKey, 1, 1, CompromisedAfter: 2);
        var marked = Ledger.TrustRoot.Next().WithRole(TestNetwork.RoleName, role => role with { Earlier = [present] });
        Assert.Equal("roles", marked.InvalidField);
        var other = marked.WithRole(TestNetwork.RoleName, role => role with { Earlier = [present with { Key = Again.Key.PublicKey }] });
        AssertRefused("earlier-keys-wrong", other.SignedBy(Network.RootHolders));
    }

    [Fact]
    public void A_mark_that_the_thief_signs_is_refused()
    {
        Steal();
        AssertRefused("wrong-signature", Marked(2).SignedBy(Stolen));
        AssertRefused("wrong-signature", Marked(2).SignedBy(Stolen, Renewed));
    }
}
