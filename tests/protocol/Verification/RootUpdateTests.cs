using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;
using SupplyChain.Tests.Kit;
using static SupplyChain.Protocol.Tests.Verification.Scenario;

namespace SupplyChain.Protocol.Tests.Verification;

/// <summary>Step 2: the file that leads from one trust root to the next, and every reason why one does not.</summary>
public sealed class RootUpdateTests
{
    private static readonly TrustRoot Second = Network.Root.Next();

    private static readonly Envelope Entry = Second.SignedBy(Network.RootHolders);

    private static readonly byte[] First = Network.Root.ToRotation().ToPayload();

    private readonly TestLog _log = Logged(Entry);

    [Fact]
    public void The_next_root_is_read_from_it_however_old_the_attestations_are()
    {
        Assert.True(Follow(_log.ProveRoot(2, time: 1)).TryGet(out var adopted, out var rejection), rejection?.ToString());
        Assert.Equal(Second.Id(), adopted.Root.Id());
        Assert.Equal(Entry.ToBytes(), adopted.Entry.ToArray());
        Assert.True(RootUpdate.FollowAgain(Network.Root, adopted.Entry).TryGet(out var again, out _));
        Assert.Equal(Second.Id(), again.Root.Id());
    }

    [Fact]
    public void It_encodes_again_to_the_same_bytes()
    {
        byte[] bytes = _log.ProveRoot(2, Now).ToBytes();
        Assert.True(RootUpdate.TryRead(bytes, First, out var update));
        Assert.Equal(bytes, update.ToBytes());
    }

    [Fact]
    public void What_stays_of_a_root_does_not_travel()
    {
        int whole = Second.ToRotation().ToPayload().Length, file = _log.ProveRoot(2, Now).ToBytes().Length;
        Assert.InRange(file, 0, whole / 2);
    }

    [Fact]
    public void A_payload_spelled_by_other_changes_is_refused()
    {
        var update = _log.ProveRoot(2, Now);
        byte[] whole = (update with { Previous = default }).ToBytes();
        Assert.True(RootUpdate.TryRead(whole, default, out _));
        Assert.False(RootUpdate.TryRead(whole, First, out _));
    }

    [Fact]
    public void Every_truncation_and_every_byte_more_is_refused()
    {
        byte[] bytes = _log.ProveRoot(2, Now).ToBytes();
        for (int length = 0; length < bytes.Length; length++) Assert.False(RootUpdate.TryRead(bytes.AsSpan(0, length), First, out _));
        Assert.False(RootUpdate.TryRead([.. bytes, 0], First, out _));
        Assert.False(RootUpdate.TryRead(new byte[Limits.MaxRootUpdateSize + 1], First, out _));
    }

    [Fact]
    public void Random_and_changed_bytes_never_throw() => ForAll.Seeds(300, random =>
    {
        byte[] bytes = _log.ProveRoot(2, Now).ToBytes();
        for (int i = 0; i < 4; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        _ = RootUpdate.TryRead(bytes, First, out _);
        byte[] noise = new byte[random.Next(200)];
        random.NextBytes(noise);
        Assert.False(RootUpdate.TryRead(noise, First, out _));
    });

    [Fact]
    public void Rotation_malformed_is_what_is_no_file_or_holds_no_rotation()
    {
        AssertRejected(RejectionReason.RotationMalformed, RootUpdate.Follow(Network.Root, "junk"u8));
        var log = new TestLog(Network);
        ulong index = log.Append(ReleaseEntry.ToBytes());
        log.Seal(Now);
        AssertRejected(RejectionReason.RotationMalformed, Follow(new RootUpdate(Network.Certify(log.Checkpoint, Now), log.Include(index), First)));
    }

    [Fact]
    public void Rotation_not_certified_is_one_that_fewer_than_q_nodes_logged()
    {
        var update = _log.ProveRoot(2, Now);
        AssertRejected(RejectionReason.RotationNotCertified, Follow(update with { Note = Network.Certify(_log.Checkpoint, Now, signers: 2) }));
    }

    [Fact]
    public void Rotation_not_included_is_one_that_the_log_does_not_have()
    {
        var update = _log.ProveRoot(2, Now);
        byte[] other = (Second with { Expires = Second.Expires + 1 }).SignedBy(Network.RootHolders).ToBytes();
        AssertRejected(RejectionReason.RotationNotIncluded, Follow(update with { Rotation = update.Rotation with { Entry = other } }));
    }

    [Fact]
    public void Rotation_signature_invalid_is_one_without_exactly_the_needed_signatures()
    {
        var renewed = new TestGroup("root renewed");
        var next = Second.WithKeyOf(Role.Root, renewed);
        Envelope[] wrong =
        [
            next.SignedBy(Network.RootHolders), next.SignedBy(renewed), Second.SignedBy(Network.Maintainers),
            Second.SignedBy(Network.RootHolders, renewed),
        ];
        foreach (var entry in wrong) AssertRejected(RejectionReason.RotationSignatureInvalid, Follow(Logged(entry).ProveRoot(2, Now)));
        Assert.True(Follow(Logged(next.SignedBy(Network.RootHolders, renewed)).ProveRoot(2, Now)).TryGet(out _, out _));
    }

    [Fact]
    public void Rotation_wrong_origin_is_one_of_another_network()
    {
        var entry = (Second with { Origin = "updates.example.org/staging" }).SignedBy(Network.RootHolders);
        AssertRejected(RejectionReason.RotationWrongOrigin, Follow(Logged(entry).ProveRoot(2, Now)));
    }

    [Fact]
    public void Rotation_wrong_version_is_every_root_but_the_next()
    {
        AssertRejected(RejectionReason.RotationWrongVersion, RootUpdate.Follow(Second, (_log.ProveRoot(2, Now) with { Previous = Second.ToRotation().ToPayload() }).ToBytes()));
        AssertRejected(RejectionReason.RotationWrongVersion, RootUpdate.FollowAgain(Network.Root, Network.RootEnvelope.ToBytes()));
    }

    [Fact]
    public void Rotation_against_rules_is_what_no_honest_ledger_takes()
    {
        var entry = (Second with { Roles = [Second.RootRole] }).SignedBy(Network.RootHolders);
        AssertRejected(RejectionReason.RotationAgainstRules, Follow(Logged(entry).ProveRoot(2, Now)));
    }

    [Fact]
    public void Rotation_against_rules_is_a_mark_at_or_above_the_rotation_s_own_place_in_the_log()
    {
        var replaced = Second.WithKeyOf(TestNetwork.RoleName, new TestGroup("kernel renewed"));
        TrustRoot MarkedAt(ulong index) => replaced.WithMark(TestNetwork.RoleName, 1, index);
        foreach (ulong index in (ulong[])[2, 3, Limits.MaxJsonNumber])
        {
            var entry = MarkedAt(index).SignedBy(Network.RootHolders);
            AssertRejected(RejectionReason.RotationAgainstRules, Follow(Logged(entry).ProveRoot(2, Now)));
        }

        Assert.True(Follow(Logged(MarkedAt(1).SignedBy(Network.RootHolders)).ProveRoot(2, Now)).TryGet(out var adopted, out _));
        Assert.Equal(1ul, adopted.Root.Roles[0].Earlier[0].CompromisedAfter);
    }

    [Fact]
    public void Checkpoint_forked_is_a_log_that_contradicts_the_trusted_one()
    {
        var update = _log.ProveRoot(2, Now);
        var trusted = new Checkpoint(TestNetwork.Origin, _log.Size, Promoted().Log.Checkpoint.Root);
        AssertRejected(RejectionReason.CheckpointForked, RootUpdate.Follow(Network.Root, update.ToBytes(), trusted));
    }

    private static Verdict<AdoptedRoot> Follow(RootUpdate update) => RootUpdate.Follow(Network.Root, update.ToBytes());

    private static TestLog Logged(Envelope entry)
    {
        Assert.True(Statement.TryRead(entry, out var statement));
        var log = new TestLog(Network);
        log.Accept(statement, entry);
        log.Seal(Now);
        return log;
    }
}
