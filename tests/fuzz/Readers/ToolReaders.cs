using System.Security.Cryptography;
using System.Text;
using SupplyChain.MaintainerTools.Ceremony;
using SupplyChain.MaintainerTools.Publishing;
using SupplyChain.MaintainerTools.Shares;
using SupplyChain.MaintainerTools.Signing;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using SupplyChain.ThresholdSig.KeyGeneration;
using SupplyChain.ThresholdSig.Signing;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>What <c>share</c> reads: age files, a ceremony's folder, signing requests, journals, and answers of nodes.</summary>
internal static class ToolReaders
{
    private const int CheapWorkFactor = 10;

    // Sealed with "fuzz passphrase" and work factor 10: a share. Sealing draws its salt, so a sample has to be kept.
    private static readonly byte[] AgeSample = Convert.FromBase64String(
        "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBBQUVDQXdRRkJnY0lDUW9MREEwT0R3IDEwCmRXcUNob3IzWC9DNXR4RzI1"
        + "eHQ3eEZGS1NHTWdwbkgveUk5UmJ6NkRxUk0KLS0tIGV6SlR1OVU4a2t4ZUh0eUFZWlN4eHFUc3VjNFFqOC95bWlRdElBSGN6UW8K"
        + "ICEiIyQlJicoKSorLC0uL6+GtJf6EkPza0m8Hn8BqeTyinDbKnK6rB2+xvExM4RjJ1rKGM4QJwE7yTGAx7hXzRNewb1LFabch8pd"
        + "jnUfmuRZL/vjGoyC3t31zIo1+6XS008Rm8oLjezKmPmlTl1dS95pj1dhmsJMdgAR13lK6QgznNASgr+SmyBYNKRHqoyuX2k1dWKC"
        + "gBpgvZJiTHVDQ/1bdwjGP5mrnp6bt7mnRjmYYc58kVPSeH8=");

    private static readonly byte[] FileKey = [.. Enumerable.Range(16, 16).Select(number => (byte)number)];
    private static readonly TestGroup Group = new("kernel");
    private static readonly PublicIdentity[] Members = [IdentityOf("ada"), IdentityOf("bo"), IdentityOf("cy")];
    private static readonly Proposal Proposal = ProposalOf();

    public static IEnumerable<Reader> All => [.. AgeFiles(), .. CeremonyFiles(), .. SigningFiles()];

    private static IEnumerable<Reader> AgeFiles() =>
    [
        new Reader("tools.age-file", bytes =>
        {
            // What scrypt costs is the file's to say, up to the work factor that ToolLimits allows; a fuzz run has no such patience.
            byte[]? unarmored = AgeArmor.TryRead(bytes, out byte[]? plain) ? plain : bytes;
            if (AgeHeader.TryRead(unarmored, out var header, out _, out _) && header.WorkFactor > CheapWorkFactor) return Answer.Refused;

            using var passphrase = new SecretBuffer("fuzz passphrase"u8);
            if (!AgeFile.TryOpen(bytes, passphrase, out var plaintext, out _)) return Answer.Refused;
            plaintext.Dispose();
            return Answer.Accept();
        }, () => [AgeSample, Armored()])
        {
            Covers = [(typeof(AgeFile), nameof(AgeFile.TryOpen))],
            FixedAllocation = 16 << 20,
        },
        new Reader("tools.age-header", bytes =>
            AgeHeader.TryRead(bytes, out var header, out int end, out _) && header.IsAuthentic(bytes.AsSpan(..end), FileKey)
                ? Answer.Accept([.. header.ToBytes(FileKey), .. bytes.AsSpan(end)])
                : Answer.Refused, () => [AgeSample])
        {
            Covers = [(typeof(AgeHeader), nameof(AgeHeader.TryRead)), (typeof(RawBase64), nameof(RawBase64.TryDecode))],
        },
        Reader.Of("tools.age-payload", typeof(AgePayload), nameof(AgePayload.TryOpen), bytes =>
        {
            if (!AgePayload.TryOpen(bytes, FileKey, out var plaintext)) return Answer.Refused;
            plaintext.Dispose();
            return Answer.Accept();
        }, () => [AgeSample[PayloadStart()..]]),
        Reader.Of("tools.age-armor", typeof(AgeArmor), nameof(AgeArmor.TryRead), bytes =>
            AgeArmor.TryRead(bytes, out _) ? Answer.Accept() : Answer.Refused, () => [Armored()]),
        Reader.Of("tools.sealed-share", typeof(SealedShare), nameof(SealedShare.TryOpen), bytes =>
        {
            using var receiver = EncryptionKeyOf("receiver");
            using var dealer = EncryptionKeyOf("dealer");
            if (!SealedShare.TryOpen(ShareContext, receiver, dealer.PublicKey, bytes, out var share)) return Answer.Refused;
            byte[] again = SealedShare.Seal(ShareContext, dealer, receiver.PublicKey, share.Span);
            share.Dispose();
            return Answer.Accept(again);
        }, () =>
        {
            using var receiver = EncryptionKeyOf("receiver");
            using var dealer = EncryptionKeyOf("dealer");
            return [SealedShare.Seal(ShareContext, dealer, receiver.PublicKey, TestNetwork.Seed("share"))];
        }),
    ];

    private static IEnumerable<Reader> CeremonyFiles() =>
    [
        Reader.Of("tools.identity", typeof(PublicIdentity), nameof(PublicIdentity.TryRead), bytes =>
            PublicIdentity.TryRead(bytes, out var identity) ? Answer.Accept(identity.ToBytes()) : Answer.Refused,
            () => Members.Select(member => member.ToBytes())),
        new Reader("tools.proposal", bytes =>
            Proposal.TryRead(bytes, out var proposal) ? Answer.Accept(proposal.ToBytes()) : Answer.Refused, () => [Proposal.ToBytes()])
        {
            Covers = [(typeof(Proposal), nameof(Proposal.TryRead))],
        },
        Reader.Of("tools.ceremony-message", typeof(SignedMessage), nameof(SignedMessage.Check), bytes =>
            SignedMessage.Check(Proposal, CeremonyStep.Join, "ada", bytes, out var message) is null && message is not null
                ? Answer.Accept([.. "{\"payload\":"u8, .. message.Payload.Span, .. ",\"signature\":"u8,
                    .. ProtocolReaders.Ascii($"\"{StrictBase64.Encode(message.Signature)}\"}}")])
                : Answer.Refused,
            () => [SignedMessage.Sign(CeremonyStep.Join, Proposal.Id, Join(), KeyOf("ada"))]),
        Reader.Of("tools.join", typeof(JoinPayload), nameof(JoinPayload.TryRead), bytes =>
            JoinPayload.TryRead(bytes, out var join) ? Answer.Accept(Headed(bytes, (id, who) => join.ToBytes(id, who))) : Answer.Refused,
            () => [Join()]),
        Reader.Of("tools.deal", typeof(DealPayload), nameof(DealPayload.TryRead), bytes =>
            DealPayload.TryRead(bytes, Proposal.Threshold, out var deal)
                ? Answer.Accept(Headed(bytes, (id, who) => deal.ToBytes(id, who)))
                : Answer.Refused,
            () => [Deal()]),
        Reader.Of("tools.confirm", typeof(ConfirmPayload), nameof(ConfirmPayload.TryRead), bytes =>
            ConfirmPayload.TryRead(bytes, out var confirm) ? Answer.Accept(Headed(bytes, confirm.ToBytes)) : Answer.Refused,
            () => [new ConfirmPayload.Agreed(Digest.Of([1]), Group.Key.PublicKey, Group.Shares[0].Sign("x"u8)).ToBytes(Proposal.Id, Members[0]),
                new ConfirmPayload.Accusation("bo", "wrong-share").ToBytes(Proposal.Id, Members[0])]),
        Reader.Of("tools.group", typeof(GroupFile), nameof(GroupFile.TryRead), bytes =>
            GroupFile.TryRead(bytes, out var group) ? Answer.Accept(group.ToBytes()) : Answer.Refused, () => [GroupBytes()]),
    ];

    private static IEnumerable<Reader> SigningFiles() =>
    [
        Reader.Of("tools.approval", typeof(Approval), nameof(Approval.TryRead), bytes =>
            Approval.TryRead(bytes, out var approval) ? Answer.Accept(approval.ToBytes()) : Answer.Refused,
            () => [new Approval(Samples.Release.Id(), Group.Shares[1].Sign("x"u8)).ToBytes()]),
        Reader.Of("tools.signing-journal", typeof(SigningJournal.Entry), nameof(SigningJournal.Entry.TryRead), bytes =>
            SigningJournal.Entry.TryRead(bytes, out var entry) ? Answer.Accept(entry.ToBytes()) : Answer.Refused,
            () => [new SigningJournal.Entry(7, EnvelopeSignature.KeyIdOf(Group.Key.PublicKey), "release a b 1", Digest.Of([])).ToBytes()]),
        // What a maintainer is shown before she signs: no statement may break it.
        Reader.Of("tools.statement-summary", typeof(StatementSummary), nameof(StatementSummary.Of), bytes =>
        {
            if (!Statement.TryRead(bytes, out var statement) || statement is StateLeaf) return Answer.Refused;
            StatementSummary.Of(statement);
            SigningJournal.SlotOf(statement);
            return Answer.Accept(statement.ToPayload());
        }, () => Samples.Statements.Where(statement => statement is not StateLeaf).Select(statement => statement.ToPayload())),
        Reader.Of("tools.statement-status", typeof(StatementStatus), nameof(StatementStatus.TryRead), bytes =>
            StatementStatus.TryRead(bytes, Samples.Release.Id(), out _) ? Answer.Accept() : Answer.Refused,
            () => [Status("\"pending\""), Status("\"certified\",\"index\":3"), Status("\"refused\",\"reason\":\"stale\"")]),
    ];

    private static SealedShare.Context ShareContext => new(Proposal.Id, Dealer: 1, Receiver: 2);

    private static byte[] Status(string rest) =>
        ProtocolReaders.Ascii($"{{\"id\":\"{Samples.Release.Id().ToHex()}\",\"status\":{rest}}}");

    private static PublicIdentity IdentityOf(string name) => new(name, KeyOf(name).PublicKey);

    private static Ed25519PrivateKey KeyOf(string name) => Ed25519PrivateKey.FromSeed(TestNetwork.Seed($"identity {name}"));

    private static EncryptionKey EncryptionKeyOf(string name) => EncryptionKey.FromSeed(TestNetwork.Seed(name), "fuzz"u8);

    // Proposal.Create draws its random part; this one is the same in every run.
    private static Proposal ProposalOf()
    {
        string members = string.Join(',', Members.Select(member => Encoding.UTF8.GetString(member.ToBytes())));
        byte[] json = ProtocolReaders.Ascii($"{{\"name\":\"kernel\",\"threshold\":2,\"members\":[{members}],\"faulty\":1,\"created\":7,\"random\":\"{new string('0', 64)}\"}}");
        return Proposal.TryRead(json, out var proposal) ? proposal : throw new InvalidOperationException("No proposal.");
    }

    private static byte[] Join()
    {
        using var key = EncryptionKeyOf("ada");
        return new JoinPayload(key.PublicKey).ToBytes(Proposal.Id, Members[0]);
    }

    private static byte[] Deal()
    {
        using var dealer = Dealer.FromSeed(1, Proposal.Threshold, TestNetwork.Seed("deal"), "fuzz"u8);
        using var key = EncryptionKeyOf("deal");
        return new DealPayload(dealer.Dealing, key.PublicKey, [new byte[48], new byte[48], new byte[48]]).ToBytes(Proposal.Id, Members[0]);
    }

    private static byte[] GroupBytes()
    {
        byte[] text = GroupFile.ProofText(Proposal.Id, Digest.Of("transcript"u8));
        var combined = (Combination.Combined)Combiner.Combine(Group.Key, text, [Group.Shares[0].Sign(text), Group.Shares[1].Sign(text)]);
        return GroupFile.Of(Proposal, Group.Key, Digest.Of("transcript"u8), combined.Signature).ToBytes();
    }

    // A payload's first two fields are not part of its value; whoever reads it has checked them before.
    private static byte[]? Headed(byte[] payload, Func<Digest, PublicIdentity, byte[]> write)
    {
        var reader = new CanonicalJsonReader(payload);
        return SignedMessage.TryReadHead(ref reader, out var ceremony, out string? member)
            ? write(ceremony, Members[0] with { Name = member })
            : null;
    }

    private static int PayloadStart() => AgeHeader.TryRead(AgeSample, out _, out int end, out _) ? end : throw new CryptographicException("No header.");

    private static byte[] Armored() => ProtocolReaders.Ascii(
        "-----BEGIN AGE ENCRYPTED FILE-----\n"
        + string.Concat(StrictBase64.Encode(AgeSample).Chunk(64).Select(line => new string(line) + "\n"))
        + "-----END AGE ENCRYPTED FILE-----\n");
}
