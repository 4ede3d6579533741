using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.MaintainerTools.Tests.Ceremony;

public sealed class CeremonyRunTests : IDisposable
{
    private static readonly string[] Names = ["alice", "bob", "carol"];

    private readonly TemporaryFolder _folder = new();
    private readonly SecretBuffer _passphrase = new("correct horse"u8);
    private readonly CeremonyFolder _shared;

    public CeremonyRunTests()
    {
        _shared = new CeremonyFolder(_folder.In("shared"));
        var members = Names.Select(name => Identity.Create(_folder.In(name), name, _passphrase, ToolLimits.MinWorkFactor)).ToList();
        _shared.Propose(Proposal.Create("acme", 2, 1, members, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task Three_people_end_with_shares_of_one_key_and_without_the_secrets_of_the_round()
    {
        var groups = await Task.WhenAll(Names.Select(name => RunAsync(name)));

        Assert.All(groups, group => Assert.Equal(groups[0].KeyId, group.KeyId));
        foreach (string name in Names)
        {
            using var share = ShareFile.Open(_folder.In(name, "share.age"), groups[0], _passphrase);
            Assert.Empty(Directory.GetFileSystemEntries(_folder.In(name), "ceremony-*"));
        }

        Assert.True(CeremonyStatus.Of(_shared).IsDone);
    }

    [Fact]
    public async Task An_interrupted_member_goes_on_with_the_same_dealing()
    {
        await StopAfterDealingAsync("alice");
        string deal = await File.ReadAllTextAsync(_folder.In("shared", "deal", "alice.json"));

        var groups = await Task.WhenAll(Names.Select(name => RunAsync(name)));

        Assert.Equal(deal, await File.ReadAllTextAsync(_folder.In("shared", "deal", "alice.json")));
        Assert.Equal(groups[0].KeyId, groups[2].KeyId);
    }

    [Fact]
    public async Task Whoever_runs_it_again_afterwards_gets_the_same_answer()
    {
        var groups = await Task.WhenAll(Names.Select(name => RunAsync(name)));

        Assert.Equal(groups[0].ToBytes(), (await RunAsync("alice")).ToBytes());
    }

    [Fact]
    public async Task A_member_who_lost_the_rounds_seed_is_stopped_before_dealing_differently()
    {
        await StopAfterDealingAsync("alice");
        File.Delete(Assert.Single(Directory.GetFiles(_folder.In("alice"), "ceremony-*")));

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("alice", agreed: _shared.Proposal().Id));

        Assert.Equal(("ceremony-changed", ExitCode.Refused), (failure.Name, failure.Code));
    }

    [Fact]
    public async Task A_member_who_replaces_its_joining_message_is_the_one_who_is_named_after_a_restart()
    {
        await StopAfterDealingAsync("alice");
        Replace(CeremonyStep.Join, "carol");

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("alice"));

        Assert.Equal("ceremony-changed", failure.Name);
        Assert.Contains("carol has shown two different messages for 'join'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_who_replaces_its_dealing_is_the_one_who_is_named_after_a_restart()
    {
        await StopAfterDealingAsync("carol");
        await StopAfterDealingAsync("alice");
        Replace(CeremonyStep.Deal, "carol");

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("alice"));

        Assert.Equal("ceremony-changed", failure.Name);
        Assert.Contains("carol has shown two different messages for 'deal'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_somebody_else_put_in_place_of_a_message_are_no_contradiction_of_its_sender()
    {
        await StopAfterDealingAsync("alice");
        _folder.File(Path.Combine("shared", "join", "carol.json"), "{}"u8);

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("alice"));

        Assert.Equal("ceremony-malformed", failure.Name);
    }

    [Fact]
    public async Task Only_the_proposal_that_was_joined_or_agreed_on_is_run()
    {
        Join("alice");
        var joined = _shared.Proposal();
        string proposal = _folder.In("shared", "proposal.json");
        File.Delete(proposal);
        _shared.Propose(Proposal.Create("acme", 2, 1, joined.Members, DateTimeOffset.UtcNow));

        Assert.Equal("not-joined", (await Assert.ThrowsAsync<CommandFailure>(() => RunOnlyAsync("alice"))).Name);
        Assert.Equal("ceremony-differs", (await Assert.ThrowsAsync<CommandFailure>(() => RunOnlyAsync("alice", agreed: joined.Id))).Name);
        var agreed = await Assert.ThrowsAsync<CommandFailure>(() => RunOnlyAsync("alice", TimeSpan.Zero, _shared.Proposal().Id));
        Assert.NotEqual("not-joined", agreed.Name);
    }

    [Fact]
    public async Task A_group_of_others_in_the_folder_is_not_taken_for_the_result()
    {
        using var others = new Signing.Signers();
        _folder.File(Path.Combine("shared", "group.json"), others.Group.ToBytes());

        var status = CeremonyStatus.Of(_shared);
        var failures = await Task.WhenAll(Names.Select(name => Assert.ThrowsAsync<CommandFailure>(() => RunAsync(name))));

        Assert.Equal((false, true, "it belongs to another ceremony"), (status.IsDone, status.IsBroken, status.Foreign));
        Assert.All(failures, failure => Assert.Equal(("group-foreign", ExitCode.Refused), (failure.Name, failure.Code)));
    }

    [Fact]
    public async Task A_key_that_is_not_the_sum_of_the_dealings_is_not_the_result()
    {
        var group = (await Task.WhenAll(Names.Select(name => RunAsync(name))))[0];
        var proposal = _shared.Proposal();
        var deals = _shared.Messages(CeremonyStep.Deal);
        var others = new TestGroup("others");
        byte[] proof = GroupFile.ProofText(proposal.Id, group.Transcript);
        var signed = (Combination.Combined)Combiner.Combine(others.Key, proof, [others.Shares[0].Sign(proof), others.Shares[1].Sign(proof)]);
        var foreignKey = GroupFile.Of(proposal, others.Key, group.Transcript, signed.Signature);

        Assert.Null(ExpectedGroup.Difference(proposal, deals, group));
        Assert.Equal("its key is not the sum of the dealings", ExpectedGroup.Difference(proposal, deals, foreignKey));
        Assert.Equal("not every member has dealt", ExpectedGroup.Difference(proposal, [.. deals.Skip(1)], group));
    }

    [Fact]
    public async Task A_share_that_cannot_be_kept_is_not_confirmed()
    {
        _folder.File(Path.Combine("alice", "share.age"), AgeFile.Seal("x"u8, _passphrase, ToolLimits.MinWorkFactor));
        using var stop = new CancellationTokenSource();
        var others = Task.WhenAll(RunAsync("bob", cancellation: stop.Token), RunAsync("carol", cancellation: stop.Token));

        await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("alice"));

        Assert.False(File.Exists(_folder.In("shared", "confirm", "alice.json")));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => others);
    }

    [Fact]
    public async Task Whoever_waits_too_long_says_for_whom()
    {
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("alice", timeout: TimeSpan.Zero));

        Assert.Equal("ceremony-waiting", failure.Name);
        Assert.Contains("'join' of bob, carol", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_identity_that_only_has_a_members_name_may_not_join()
    {
        Identity.Create(_folder.In("imposter"), "alice", _passphrase, ToolLimits.MinWorkFactor);

        Assert.Equal("not-a-member", Assert.Throws<CommandFailure>(() => CeremonyRun.Open(_shared, _passphrase, SettingsOf("imposter"))).Name);
    }

    [Fact]
    public void The_status_shows_who_did_what_and_what_is_wrong()
    {
        Join("alice");
        _folder.File(Path.Combine("shared", "join", "bob.json"), "{}"u8);
        _folder.File(Path.Combine("shared", "join", "mallory.json"), "{}"u8);

        var status = CeremonyStatus.Of(_shared);

        Assert.Equal(["done", "malformed", "waiting"], status.Members.Select(row => row.Steps[0]));
        Assert.Equal(["mallory"], status.Strangers);
        Assert.True(status.IsBroken);
    }

    public void Dispose()
    {
        _passphrase.Dispose();
        _folder.Dispose();
    }

    private async Task StopAfterDealingAsync(string name)
    {
        foreach (string other in Names) Join(other);
        await Assert.ThrowsAsync<CommandFailure>(() => RunAsync(name, timeout: TimeSpan.Zero));
    }

    // Another message with the sender's own signature: nobody else could have made it.
    private void Replace(CeremonyStep step, string name)
    {
        using var identity = Identity.Open(_folder.In(name), _passphrase);
        var id = _shared.Proposal().Id;
        using var other = EncryptionKey.FromSeed(TestNetwork.Seed("another"), "another"u8);
        byte[] payload = new JoinPayload(other.PublicKey).ToBytes(id, identity.Public);
        _folder.File(Path.Combine("shared", SignedMessage.NameOf(step), name + ".json"), SignedMessage.Sign(step, id, payload, identity.Key));
    }

    private void Join(string name)
    {
        using var run = CeremonyRun.Open(_shared, _passphrase, SettingsOf(name));
        run.Join();
    }

    // Whoever has not joined yet does so first, unless there is an id to run by.
    private Task<GroupFile> RunAsync(string name, TimeSpan? timeout = null, Digest? agreed = null, CancellationToken cancellation = default)
    {
        if (agreed is null && !File.Exists(_folder.In("shared", "join", name + ".json"))) Join(name);
        return RunOnlyAsync(name, timeout, agreed, cancellation);
    }

    private async Task<GroupFile> RunOnlyAsync(
        string name, TimeSpan? timeout = null, Digest? agreed = null, CancellationToken cancellation = default)
    {
        using var run = CeremonyRun.Open(_shared, _passphrase, SettingsOf(name, timeout) with { Ceremony = agreed });
        return await Task.Run(() => run.RunAsync(_ => { }, cancellation), cancellation);
    }

    private CeremonyRun.Settings SettingsOf(string name, TimeSpan? timeout = null) => new(
        _folder.In(name), _folder.In(name, "share.age"), ToolLimits.MinWorkFactor, TimeSpan.FromMilliseconds(10), timeout ?? TimeSpan.FromSeconds(20));
}
