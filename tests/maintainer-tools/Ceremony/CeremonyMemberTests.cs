using System.Text;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Tests.Ceremony;

public sealed class CeremonyMemberTests : IDisposable
{
    private readonly Gathering _gathering = new();

    [Fact]
    public void Everybody_ends_with_the_same_key_and_a_share_of_it()
    {
        var groups = _gathering.Run().Values.Select(end => Assert.IsType<CeremonyAction.Done>(end).Group).ToList();

        Assert.Equal(3, groups.Count);
        Assert.All(groups, group => Assert.Equal(groups[0].ToBytes(), group.ToBytes()));
        Assert.True(GroupFile.TryRead(groups[0].ToBytes(), out var read));
        Assert.All(_gathering.Kept.Values, kept => Assert.Equal(read.Key.PublicShare(kept.Share.Index), kept.Share.ToPublicShare()));
    }

    [Fact]
    public void Any_two_of_the_three_sign_and_one_does_not()
    {
        _gathering.Run();
        var key = _gathering.Kept[Gathering.Alice].Group;
        PartialSignature[] partials = [.. _gathering.Kept.Values.Select(kept => kept.Share.Sign("message"u8))];

        foreach (int missing in (int[])[0, 1, 2])
            Assert.IsType<Combination.Combined>(Combiner.Combine(key, "message"u8, [.. partials.Where((_, i) => i != missing)]));
        Assert.IsType<Combination.NotEnough>(Combiner.Combine(key, "message"u8, [partials[0]]));
    }

    [Fact]
    public void A_restarted_member_says_the_same_again()
    {
        _gathering.Run();

        using var again = _gathering.Member(Gathering.Alice);
        for (var step = CeremonyStep.Join; step <= CeremonyStep.Confirm; step++)
        {
            foreach (var ((_, sender), file) in _gathering.Folder.Where(message => message.Key.Step == step))
                Assert.Null(again.Receive(step, sender, file));
        }

        Assert.IsType<CeremonyAction.KeepShare>(again.Next());
        again.ShareKept();
        Assert.IsType<CeremonyAction.Done>(again.Next());
    }

    [Fact]
    public void Nothing_is_confirmed_before_the_share_is_kept()
    {
        _gathering.Run();
        _gathering.Folder.Remove((CeremonyStep.Confirm, Gathering.Alice));

        using var again = _gathering.Member(Gathering.Alice);
        Feed(again, CeremonyStep.Join);
        Feed(again, CeremonyStep.Deal);

        Assert.IsType<CeremonyAction.KeepShare>(again.Next());
        Assert.IsType<CeremonyAction.KeepShare>(again.Next());
        again.ShareKept();
        Assert.Equal(CeremonyStep.Confirm, Assert.IsType<CeremonyAction.Publish>(again.Next()).Step);
    }

    [Fact]
    public void A_dealer_who_lies_to_one_member_is_named_by_it_and_then_by_all()
    {
        _gathering.Publish = (step, sender) => (step, sender) == (CeremonyStep.Deal, Gathering.Carol)
            ? _gathering.CarolsDeal(cheated: Gathering.Alice)
            : null;

        AssertAbort(Gathering.Alice, CeremonyFault.WrongShare, Gathering.Carol);
        AssertAbort(Gathering.Bob, CeremonyFault.Accused, Gathering.Carol);
        Assert.Contains("alice says", _gathering.AbortOf(Gathering.Bob).Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Gathering.Alice, _gathering.Kept.Keys);
    }

    [Fact]
    public void A_share_that_cannot_be_unsealed_names_its_dealer()
    {
        _gathering.Publish = (step, sender) =>
        {
            if ((step, sender) != (CeremonyStep.Deal, Gathering.Carol)) return null;

            SignedMessage.Check(_gathering.Proposal, step, sender, _gathering.CarolsDeal(), out var message);
            Assert.True(DealPayload.TryRead(message!.Payload.Span, _gathering.Proposal.Threshold, out var deal));
            var broken = deal with { Shares = [new byte[SealedShare.Size], .. deal.Shares.Skip(1)] };
            return _gathering.SignedByCarol(step, broken.ToBytes(_gathering.Proposal.Id, _gathering.Proposal.Member(3)));
        };

        AssertAbort(Gathering.Alice, CeremonyFault.WrongShare, Gathering.Carol);
    }

    [Fact]
    public void A_proof_of_possession_made_for_another_ceremony_names_its_dealer()
    {
        _gathering.Publish = (step, sender) => (step, sender) == (CeremonyStep.Deal, Gathering.Carol)
            ? _gathering.CarolsDeal(context: TestNetwork.Seed("another ceremony"))
            : null;

        AssertAbort(Gathering.Alice, CeremonyFault.WrongProof, Gathering.Carol);
    }

    [Fact]
    public void A_dealer_who_shows_two_members_two_dealings_is_found_out_by_their_transcripts()
    {
        _gathering.Show = (reader, step, sender) => (reader, step, sender) == (Gathering.Bob, CeremonyStep.Deal, Gathering.Carol)
            ? _gathering.CarolsDeal()
            : null;

        AssertAbort(Gathering.Alice, CeremonyFault.TranscriptDiffers, Gathering.Bob);
    }

    [Fact]
    public void A_message_with_another_signature_names_its_sender()
    {
        _gathering.Publish = (step, sender) => sender == Gathering.Carol
            ? SignedMessage.Sign(step, _gathering.Proposal.Id, CarolsJoin(), _gathering.Identities[Gathering.Bob])
            : null;

        AssertAbort(Gathering.Alice, CeremonyFault.WrongSignature, Gathering.Carol);
    }

    [Fact]
    public void A_message_for_one_step_is_no_message_for_another()
    {
        _gathering.Publish = (step, sender) => sender == Gathering.Carol
            ? SignedMessage.Sign(CeremonyStep.Confirm, _gathering.Proposal.Id, CarolsJoin(), _gathering.Identities[Gathering.Carol])
            : null;

        AssertAbort(Gathering.Alice, CeremonyFault.WrongSignature, Gathering.Carol);
    }

    [Fact]
    public void A_message_replayed_from_another_ceremony_names_its_sender()
    {
        using var other = new Gathering();
        other.Run();
        _gathering.Publish = (step, sender) => sender == Gathering.Carol ? other.Folder[(step, sender)] : null;

        AssertAbort(Gathering.Alice, CeremonyFault.OtherCeremony, Gathering.Carol);
    }

    [Fact]
    public void A_message_under_another_name_is_refused()
    {
        _gathering.Publish = (_, sender) => sender == Gathering.Carol ? _gathering.Folder[(CeremonyStep.Join, Gathering.Bob)] : null;

        AssertAbort(Gathering.Alice, CeremonyFault.WrongSender, Gathering.Carol);
    }

    [Fact]
    public void A_message_by_nobody_in_the_list_is_refused()
    {
        _gathering.Folder[(CeremonyStep.Join, "mallory")] = "{}"u8.ToArray();

        AssertAbort(Gathering.Alice, CeremonyFault.NotAMember, "mallory");
    }

    [Fact]
    public void A_second_different_message_of_one_sender_ends_the_ceremony()
    {
        using var alice = _gathering.Member(Gathering.Alice);
        using var carol = _gathering.Member(Gathering.Carol);
        using var twin = _gathering.Member(Gathering.Carol, seed: "twin");
        byte[] first = Assert.IsType<CeremonyAction.Publish>(carol.Next()).File, second = Assert.IsType<CeremonyAction.Publish>(twin.Next()).File;

        Assert.Null(alice.Receive(CeremonyStep.Join, Gathering.Carol, first));
        Assert.Null(alice.Receive(CeremonyStep.Join, Gathering.Carol, first));
        var abort = alice.Receive(CeremonyStep.Join, Gathering.Carol, second);

        Assert.Equal((CeremonyFault.Changed, Gathering.Carol), (abort!.Fault, abort.Member));
    }

    [Fact]
    public void A_member_never_deals_twice_not_even_after_losing_its_seed()
    {
        _gathering.Run();

        using var amnesiac = _gathering.Member(Gathering.Alice, seed: "new");
        var abort = amnesiac.Receive(CeremonyStep.Join, Gathering.Alice, _gathering.Folder[(CeremonyStep.Join, Gathering.Alice)]);

        Assert.Equal((CeremonyFault.Changed, Gathering.Alice), (abort!.Fault, abort.Member));
        Assert.Contains("yours", abort.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_without_a_working_share_cannot_confirm()
    {
        _gathering.Publish = (step, sender) =>
        {
            if ((step, sender) != (CeremonyStep.Confirm, Gathering.Carol)) return null;

            var confirm = ConfirmOf(Gathering.Bob);
            var forged = confirm with { Partial = new PartialSignature(3, confirm.Partial.Signature) };
            return _gathering.SignedByCarol(step, forged.ToBytes(_gathering.Proposal.Id, _gathering.Proposal.Member(3)));
        };

        AssertAbort(Gathering.Alice, CeremonyFault.WrongPartial, Gathering.Carol);
    }

    [Fact]
    public void A_false_accusation_ends_the_ceremony_and_names_both()
    {
        _gathering.Publish = (step, sender) => (step, sender) == (CeremonyStep.Confirm, Gathering.Carol)
            ? _gathering.SignedByCarol(step, new ConfirmPayload.Accusation(Gathering.Alice, "wrong-share")
                .ToBytes(_gathering.Proposal.Id, _gathering.Proposal.Member(3)))
            : null;

        AssertAbort(Gathering.Bob, CeremonyFault.Accused, Gathering.Alice);
        Assert.Contains("carol says", _gathering.AbortOf(Gathering.Bob).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"key\"", "{ \"key\"")]
    [InlineData("}", ",\"more\":1}")]
    [InlineData("\"key\":\"", "\"key\":\"0")]
    public void A_payload_in_another_spelling_is_refused_though_it_is_signed(string part, string other)
    {
        string payload = Encoding.UTF8.GetString(CarolsJoin());
        string changed = part == "}" ? payload[..^1] + other : payload.Replace(part, other, StringComparison.Ordinal);
        if (changed == payload) changed = payload.Replace(",", ", ", StringComparison.Ordinal);
        _gathering.Publish = (step, sender) => sender == Gathering.Carol ? _gathering.SignedByCarol(step, Encoding.UTF8.GetBytes(changed)) : null;

        AssertAbort(Gathering.Alice, CeremonyFault.Malformed, Gathering.Carol);
    }

    [Fact]
    public void No_truncated_message_is_taken()
    {
        using var carol = _gathering.Member(Gathering.Carol);
        byte[] file = Assert.IsType<CeremonyAction.Publish>(carol.Next()).File;

        for (int length = 0; length < file.Length; length++)
            Assert.NotNull(SignedMessage.Check(_gathering.Proposal, CeremonyStep.Join, Gathering.Carol, file.AsSpan(..length), out _));
    }

    [Fact]
    public void Random_bytes_are_refused_by_every_reader() => ForAll.Seeds(500, random =>
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);

        Assert.NotNull(SignedMessage.Check(_gathering.Proposal, CeremonyStep.Join, Gathering.Carol, bytes, out _));
        Assert.False(Proposal.TryRead(bytes, out _));
        Assert.False(GroupFile.TryRead(bytes, out _));
        Assert.False(JoinPayload.TryRead(bytes, out _));
        Assert.False(DealPayload.TryRead(bytes, _gathering.Proposal.Threshold, out _));
        Assert.False(ConfirmPayload.TryRead(bytes, out _));
    });

    [Fact]
    public void A_proposal_comes_back_and_its_id_covers_all_of_it()
    {
        byte[] bytes = _gathering.Proposal.ToBytes();

        Assert.True(Proposal.TryRead(bytes, out var read));
        Assert.Equal(_gathering.Proposal.Id, read.Id);
        using var other = new Gathering();
        Assert.NotEqual(other.Proposal.Id, read.Id);
    }

    [Theory]
    [InlineData("\"threshold\":2", "\"threshold\":1")]
    [InlineData("\"threshold\":2", "\"threshold\":3")]
    [InlineData("\"name\":\"bob\"", "\"name\":\"alice\"")]
    [InlineData("\"faulty\":1", "\"faulty\":01")]
    public void A_proposal_that_breaks_a_rule_is_refused(string part, string other)
    {
        string json = Encoding.UTF8.GetString(_gathering.Proposal.ToBytes());

        Assert.False(Proposal.TryRead(Encoding.UTF8.GetBytes(json.Replace(part, other, StringComparison.Ordinal)), out _));
    }

    [Fact]
    public void A_group_whose_key_or_commitment_was_changed_is_refused()
    {
        _gathering.Run();
        using var other = new Gathering();
        other.Run();
        var mine = ((CeremonyAction.Done)_gathering.Run()[Gathering.Alice]).Group;
        var theirs = ((CeremonyAction.Done)other.Run()[Gathering.Alice]).Group;
        string json = Encoding.UTF8.GetString(mine.ToBytes());

        // The whole key of others under the name of this ceremony.
        string swapped = json;
        foreach (var (ours, yours) in Points(mine).Zip(Points(theirs))) swapped = swapped.Replace(ours, yours, StringComparison.Ordinal);
        Assert.False(GroupFile.TryRead(Encoding.UTF8.GetBytes(swapped), out _));
        Assert.False(GroupFile.TryRead(Encoding.UTF8.GetBytes(json.Replace("\"threshold\":2", "\"threshold\":1", StringComparison.Ordinal)), out _));

        static IEnumerable<string> Points(GroupFile group) =>
            group.Key.Commitment.ToBytes().Chunk(96).Select(Convert.ToHexStringLower);
    }

    public void Dispose() => _gathering.Dispose();

    private void AssertAbort(string member, CeremonyFault fault, string named)
    {
        var abort = _gathering.AbortOf(member);
        Assert.Equal((fault, named), (abort.Fault, abort.Member));
    }

    private void Feed(CeremonyMember member, CeremonyStep step)
    {
        foreach (var ((_, sender), file) in _gathering.Folder.Where(message => message.Key.Step == step)) member.Receive(step, sender, file);
    }

    private byte[] CarolsJoin()
    {
        using var carol = _gathering.Member(Gathering.Carol);
        byte[] file = Assert.IsType<CeremonyAction.Publish>(carol.Next()).File;
        SignedMessage.Check(_gathering.Proposal, CeremonyStep.Join, Gathering.Carol, file, out var message);
        return message!.Payload.ToArray();
    }

    private ConfirmPayload.Agreed ConfirmOf(string member)
    {
        byte[] file = _gathering.Folder[(CeremonyStep.Confirm, member)];
        SignedMessage.Check(_gathering.Proposal, CeremonyStep.Confirm, member, file, out var message);
        Assert.True(ConfirmPayload.TryRead(message!.Payload.Span, out var confirm));
        return Assert.IsType<ConfirmPayload.Agreed>(confirm);
    }
}
