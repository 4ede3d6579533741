using SupplyChain.MaintainerTools.Signing;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.MaintainerTools.Tests.Ceremony;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Tests.Signing;

public sealed class SigningRequestTests : IDisposable
{
    private readonly Signers _signers = new();

    [Fact]
    public void Two_approvals_of_three_make_the_envelope_and_any_two_make_the_same()
    {
        var first = Request("first", Signers.Release());
        var second = Request("second", Signers.Release());
        foreach (string name in (string[])[Gathering.Alice, Gathering.Bob]) Approve(first, name);
        foreach (string name in (string[])[Gathering.Bob, Gathering.Carol]) Approve(second, name);

        var envelope = first.Combine(first.Approvals());

        Assert.NotNull(envelope);
        Assert.True(envelope.IsSignedExactlyBy(_signers.Group.Key.PublicKey));
        Assert.Equal(envelope.ToBytes(), second.Combine(second.Approvals())!.ToBytes());
    }

    [Fact]
    public void One_approval_makes_nothing_not_even_twice()
    {
        var request = Request("request", Signers.Release());
        Approve(request, Gathering.Alice);
        Approve(request, Gathering.Alice);

        Assert.Null(request.Combine(request.Approvals()));
        Assert.Single(request.Approvals());
    }

    [Fact]
    public void A_bad_approval_is_named_and_does_not_stop_the_good_ones()
    {
        var request = Request("request", Signers.Release());
        Approve(request, Gathering.Alice);
        Approve(request, Gathering.Carol);
        Forge(request, 2, partial => new PartialSignature(2, partial.Signature));

        var approvals = request.Approvals();

        var bad = Assert.Single(approvals, approval => !approval.IsValid);
        Assert.Equal((Gathering.Bob, "is not this member's valid partial signature"), (bad.Who, bad.Fault));
        Assert.NotNull(request.Combine(approvals));
    }

    [Fact]
    public void An_approval_of_another_statement_or_under_another_index_is_named()
    {
        var request = Request("request", Signers.Release());
        var other = Request("other", Signers.Release("2.0.0", sequence: 2));
        Approve(request, Gathering.Alice);
        Approve(other, Gathering.Bob);
        Directory.CreateDirectory(_signers.Folder.In("request", "approvals"));
        File.Copy(_signers.Folder.In("other", "approvals", "2.json"), _signers.Folder.In("request", "approvals", "2.json"));
        File.Copy(_signers.Folder.In("request", "approvals", "1.json"), _signers.Folder.In("request", "approvals", "3.json"));
        File.WriteAllText(_signers.Folder.In("request", "approvals", "4.json"), "{}");

        var faults = request.Approvals().Select(approval => approval.Fault);

        Assert.Equal([null, "approves another statement", "stands under another index", "malformed"], faults);
    }

    [Fact]
    public void A_statement_in_another_spelling_is_not_offered_for_signing()
    {
        byte[] payload = [.. Signers.Release().ToPayload(), (byte)'\n'];

        var failure = Assert.Throws<CommandFailure>(() => SigningRequest.Create(_signers.Folder.In("request"), payload, _signers.Group));

        Assert.Equal(("statement-malformed", ExitCode.Refused), (failure.Name, failure.Code));
    }

    [Fact]
    public void A_state_leaf_is_nothing_that_people_sign()
    {
        var leaf = new StateLeaf { Origin = TestNetwork.Origin, Height = 1, Time = 1, MapRoot = default };

        Assert.Equal("statement-unsigned", Assert.Throws<CommandFailure>(() => SigningRequest.ReadStatement(leaf.ToPayload(), "x")).Name);
    }

    [Fact]
    public void A_statement_edited_after_the_request_is_refused()
    {
        Request("request", Signers.Release());
        string path = _signers.Folder.In("request", SigningRequest.StatementName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"1.0.0\"", "\"1.0.0 \"", StringComparison.Ordinal));

        Assert.Equal("statement-malformed", Assert.Throws<CommandFailure>(() => SigningRequest.Load(_signers.Folder.In("request"))).Name);
    }

    [Fact]
    public void A_share_of_another_group_does_not_sign()
    {
        using var others = new Signers(ofOthers: true);
        var request = SigningRequest.Create(_signers.Folder.In("request"), Signers.Release().ToPayload(), others.Group);

        Assert.Equal("share-other-group", Assert.Throws<CommandFailure>(() => Approve(request, Gathering.Alice)).Name);
    }

    [Fact]
    public void A_second_statement_for_the_same_sequence_is_not_approved_unless_its_maintainer_insists()
    {
        var first = Request("first", Signers.Release());
        var second = Request("second", Signers.Release("1.0.1"));
        Approve(first, Gathering.Alice);

        Assert.Equal("conflict", Assert.Throws<CommandFailure>(() => Approve(second, Gathering.Alice)).Name);
        Assert.Empty(second.Approvals());
        Approve(second, Gathering.Alice, allowConflict: true);
        Assert.Single(second.Approvals());
    }

    [Fact]
    public void A_second_promotion_after_the_same_one_is_a_conflict_and_a_revocation_never_is()
    {
        Release first = Signers.Release(), second = Signers.Release("2.0.0", sequence: 2);
        Approve(Request("promotion", TestNetwork.PromotionOf(first)), Gathering.Alice);

        var failure = Assert.Throws<CommandFailure>(() => Approve(Request("other", TestNetwork.PromotionOf(second)), Gathering.Alice));
        Approve(Request("revocation", TestNetwork.RevocationOf(first)), Gathering.Alice);
        Approve(Request("another", TestNetwork.RevocationOf(first) with { Reason = "another" }), Gathering.Alice);

        Assert.Equal("conflict", failure.Name);
    }

    [Fact]
    public void The_journal_survives_a_torn_line_and_refuses_a_damaged_one()
    {
        Approve(Request("first", Signers.Release()), Gathering.Alice);
        string journal = _signers.Folder.In(Gathering.Alice, SigningJournal.FileName);
        string whole = File.ReadAllText(journal);

        File.WriteAllText(journal, whole + whole[..20]);
        Assert.Equal("conflict", Assert.Throws<CommandFailure>(() => Approve(Request("second", Signers.Release("1.0.1")), Gathering.Alice)).Name);
        Assert.Equal(whole, File.ReadAllText(journal));

        File.WriteAllText(journal, "x" + whole);
        Assert.Equal("journal-damaged", Assert.Throws<CommandFailure>(() => Approve(Request("third", Signers.Release("1.0.2")), Gathering.Alice)).Name);
    }

    [Fact]
    public void A_journal_in_use_is_left_alone()
    {
        using var journal = SigningJournal.Open(_signers.Folder.In(Gathering.Alice));

        var failure = Assert.Throws<CommandFailure>(() => Approve(Request("first", Signers.Release()), Gathering.Alice));

        Assert.Equal(ExitCode.Locked, failure.Code);
    }

    [Fact]
    public void Random_bytes_are_no_approval() => ForAll.Seeds(500, random =>
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);

        Assert.False(Approval.TryRead(bytes, out _));
        Assert.False(SigningJournal.Entry.TryRead(bytes, out _));
    });

    [Fact]
    public void Every_kind_of_statement_is_put_in_words()
    {
        var release = Signers.Release();
        Statement[] statements = [release, TestNetwork.PromotionOf(release), TestNetwork.RevocationOf(release), TestNetwork.Create().Root.ToRotation()];

        var summaries = statements.Select(StatementSummary.Of).ToList();

        Assert.Equal(["release", "promotion", "revocation", "trust root"], summaries.Select(summary => summary.Kind));
        Assert.Contains(("product", TestNetwork.Product), summaries[0].Rows);
        Assert.Contains(("  sha256", release.Artifacts[0].Sha256.ToHex()), summaries[0].Rows);
        Assert.Contains(("  fs-verity", release.Artifacts[0].FsVerity.ToHex()), summaries[0].Rows);
        Assert.All(summaries, summary => Assert.NotEmpty(summary.Meaning));
    }

    [Fact]
    public void The_words_for_a_trust_root_leave_no_key_out()
    {
        var root = TestNetwork.Create().Root;
        var earlier = root.Roles[0] with { Earlier = [new EarlierKey(root.RootRole.Key, 1, 1)] };
        var words = StatementSummary.Of((root with { Roles = [earlier] }).ToRotation()).Rows.Select(row => row.Value).ToList();

        foreach (var node in root.Nodes)
        {
            Assert.Superset(
                new HashSet<string> { node.AttestationKey.ToHex(), node.VoteKey.ToHex(), node.LogKey.ToHex(), node.TransportPin.ToHex() },
                words.ToHashSet());
        }

        Assert.Contains($"{root.RootRole.Key}, for root versions 1 to 1", words);
    }

    public void Dispose() => _signers.Dispose();

    private SigningRequest Request(string name, Statement statement) =>
        SigningRequest.Create(_signers.Folder.In(name), statement.ToPayload(), _signers.Group);

    private PartialSignature Approve(SigningRequest request, string name, bool allowConflict = false) =>
        Approving.Approve(request, _signers.Share(name), _signers.Passphrase, allowConflict, DateTimeOffset.UnixEpoch);

    private void Forge(SigningRequest request, int index, Func<PartialSignature, PartialSignature> forge)
    {
        var partial = request.Approvals()[0].Partial!;
        string path = _signers.Folder.In("request", "approvals", $"{index}.json");
        File.WriteAllBytes(path, new Approval(request.Id, forge(partial)).ToBytes());
    }
}
