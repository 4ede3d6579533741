using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Api;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Operations.Uploads;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Storage;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>
/// What peers and clients send to a node, and what it reads back from its own folder. Where a type stands beside the bytes
/// on the wire, the input's first byte is that type.
/// </summary>
internal static class NodeReaders
{
    private const int FrameLimit = 1 << 16;

    public static IEnumerable<Reader> All => [.. Messages(), .. Frames(), .. Files()];

    private static IEnumerable<Reader> Messages() =>
    [
        Reader.Of("node.peer-message", typeof(PeerMessage), nameof(PeerMessage.TryRead), bytes =>
            bytes.Length > 0 && PeerMessage.TryRead(bytes[0], bytes.AsSpan(1), out var message)
                ? Answer.Accept([message.Type, .. message.ToBody()])
                : Answer.Refused,
            () => PeerMessages().Select(message => (byte[])[message.Type, .. message.ToBody()])),
        Reader.Of("node.journal-record", typeof(JournalRecord), nameof(JournalRecord.TryRead), bytes =>
            bytes.Length > 0 && JournalRecord.TryRead(bytes[0], bytes.AsSpan(1), out var record)
                ? Answer.Accept([record.Type, .. record.ToBody()])
                : Answer.Refused,
            () => Records().Select(record => (byte[])[record.Type, .. record.ToBody()])),
        Reader.Of("node.vote", typeof(Vote), nameof(Vote.TryRead), bytes =>
            Vote.TryRead(bytes, out var vote) ? Answer.Accept(vote.ToBytes()) : Answer.Refused, () => [VoteFor(SampleBlock()).ToBytes()]),
        Reader.Of("node.certificate", typeof(Certificate), nameof(Certificate.TryRead), bytes =>
            Certificate.TryRead(bytes, out var certificate) ? Answer.Accept(certificate.ToBytes()) : Answer.Refused,
            () => [Nullification(5).ToBytes()]),
        Reader.Of("node.header", typeof(Header), nameof(Header.TryRead), bytes =>
            Header.TryRead(bytes, out var header) ? Answer.Accept(header.ToBytes()) : Answer.Refused, () => [SampleBlock().Header.ToBytes()]),
        Reader.Of("node.block", typeof(Block), nameof(Block.TryRead), bytes =>
            Block.TryRead(bytes, out var block) ? Answer.Accept(block.ToBytes()) : Answer.Refused,
            () => [SampleBlock().ToBytes()]),
        Reader.Of("node.proposal", typeof(Proposal), nameof(Proposal.TryRead), bytes =>
            Proposal.TryRead(bytes, out var proposal) ? Answer.Accept(proposal.ToBytes()) : Answer.Refused,
            () => [Proposed().ToBytes()]),
    ];

    private static IEnumerable<Reader> Frames() =>
    [
        Reader.Of("node.peer-frame", typeof(PeerFrame), nameof(PeerFrame.ReadAsync), bytes =>
        {
            using var stream = new MemoryStream(bytes);
            var read = PeerFrame.ReadAsync(stream, FrameLimit, CancellationToken.None).GetAwaiter().GetResult();
            return read is (var type, var body)
                ? Answer.Accept([.. PeerFrame.Encode(type, body), .. bytes.AsSpan((int)stream.Position)])
                : Answer.Refused;
        }, () => PeerMessages().Select(message => PeerFrame.Encode(message.Type, message.ToBody()))),
        Reader.Of("node.peer-hello", typeof(PeerHello), nameof(PeerHello.TryRead), bytes =>
            PeerHello.TryRead(bytes, out var hello) ? Answer.Accept(hello.ToFrame()[5..]) : Answer.Refused,
            () => [new PeerHello(TestNetwork.Origin, 1, "node-00").ToFrame()[5..]]),
        Reader.Of("node.upload-range", typeof(UploadRange), nameof(UploadRange.TryRead), bytes =>
        {
            var request = new DefaultHttpContext().Request;
            request.Headers.ContentRange = ProtocolReaders.Latin(bytes);
            return UploadRange.TryRead(request, out var range)
                ? Answer.Accept(ProtocolReaders.Ascii($"bytes {range.First}-{range.First + range.Count - 1}/{range.Size}"))
                : Answer.Refused;
        }, () => [ProtocolReaders.Ascii("bytes 0-0/1"), ProtocolReaders.Ascii("bytes 524288-1048575/17179869184")]),
    ];

    private static IEnumerable<Reader> Files() =>
    [
        new Reader("node.journal-frame", bytes =>
        {
            _ = JournalFrame.TryReadSize(bytes, out _);
            return JournalFrame.TryRead(bytes, out var frame)
                ? Answer.Accept([.. frame.ToBytes(), .. bytes.AsSpan(frame.ToBytes().Length)])
                : Answer.Refused;
        }, () => Records().Select(record => new JournalFrame(record.Type, record.ToBody()).ToBytes()))
        {
            Covers = [(typeof(JournalFrame), nameof(JournalFrame.TryRead)), (typeof(JournalFrame), nameof(JournalFrame.TryReadSize))],
        },
        new Reader("node.listen-json", bytes =>
            ListenAddresses.TryRead(bytes, out var addresses) ? Answer.Accept(addresses.ToBytes()) : Answer.Refused,
            () => [ProtocolReaders.Ascii("{\"http\":\"0.0.0.0:8080\",\"peers\":\"[::1]:8081\"}"),
                ProtocolReaders.Ascii("{\"http\":\"localhost:1\",\"peers\":\"127.0.0.1:65535\"}")])
        {
            Covers = [(typeof(ListenAddresses), nameof(ListenAddresses.TryRead)), (typeof(ListenAddress), nameof(ListenAddress.TryParse))],
        },
        Reader.Of("node.uploads-json", typeof(UploadLimits), nameof(UploadLimits.TryRead), bytes =>
            UploadLimits.TryRead(bytes, out var limits) ? Answer.Accept(limits.ToBytes()) : Answer.Refused,
            () => [UploadLimits.Default.ToBytes(), ProtocolReaders.Ascii("{\"quotaBytes\":0,\"keepHours\":1}")]),
        Reader.Of("node.status-json", typeof(NodeStatus), nameof(NodeStatus.TryRead), bytes =>
            NodeStatus.TryRead(bytes, out var status)
                ? Answer.Accept(status.WriteTo(new Protocol.Encoding.CanonicalJsonWriter()).ToArray())
                : Answer.Refused,
            () => [new NodeStatus("node-00", TestNetwork.Origin, 1, 2, 3, 4, 5, 6, 7, "catching-up", 8, 9, 10, "confirmed")
                .WriteTo(new Protocol.Encoding.CanonicalJsonWriter()).ToArray()]),
        Reader.Of("node.last-seen", typeof(LastSeen), nameof(LastSeen.TryRead), bytes =>
            LastSeen.TryRead(bytes, out var seen) ? Answer.Accept(seen.ToBytes()) : Answer.Refused, () => [Seen().ToBytes()]),
        Reader.Of("node.first-root", typeof(FirstRoot), nameof(FirstRoot.Read), bytes =>
            FirstRoot.Read(bytes).TryGet(out var root, out _) ? Answer.Accept(root.Entry.ToArray()) : Answer.Refused,
            () => [Samples.Network.RootEnvelope.ToBytes()]),
    ];

    private static IEnumerable<PeerMessage> PeerMessages() =>
    [
        new PeerMessage.Proposed(Proposed()),
        new PeerMessage.Voted(VoteFor(SampleBlock())),
        new PeerMessage.Certified(Nullification(5)),
        new PeerMessage.Stands(new Status(new View(1), new View(4), new View(3), 9)),
        new PeerMessage.AsksBlock(SampleBlock().Hash),
        new PeerMessage.GivesBlock(SampleBlock()),
        new PeerMessage.Submits(Samples.ReleaseEntry),
        new PeerMessage.Cosigned(new CosignatureGossip(5, SampleBlock().Hash, 2, 1, new VoteSignature(new byte[VoteSignature.Size]))),
        new PeerMessage.AsksCertificates(new View(2), new View(90)),
        new PeerMessage.AsksChain(3),
        new PeerMessage.TellsClock((ulong)TestNetwork.Created),
    ];

    private static IEnumerable<JournalRecord> Records() =>
    [
        new JournalRecord.OwnVote(VoteFor(SampleBlock())),
        new JournalRecord.Learned(Nullification(5)),
        new JournalRecord.VotedBlock(SampleBlock()),
        new JournalRecord.CosignedCheckpoint(5, SampleBlock().Hash, TestNetwork.Created),
    ];

    private static LastSeen Seen()
    {
        var seen = new LastSeen();
        seen.Note(2, VoteFor(SampleBlock()), null);
        seen.Note(3, null, new CosignatureGossip(5, SampleBlock().Hash, 3, 1, new VoteSignature(new byte[VoteSignature.Size])));
        return seen;
    }

    private static Block SampleBlock()
    {
        ImmutableArray<ReadOnlyMemory<byte>> entries = [.. Samples.Envelopes().Take(2).Select(entry => (ReadOnlyMemory<byte>)entry)];
        var root = Block.RootOf(entries);
        var header = new Header(
            1, new View(7), 3, new View(4), Digest.Of([4]), TestNetwork.Created, 2, root, 12, Digest.Of([1]), Digest.Of([2]));
        return Block.TryCreate(header, entries, out var block)
            ? block
            : throw new InvalidOperationException("No block.");
    }

    private static Vote VoteFor(Block block) =>
        new(VoteKind.Notarize, block.Header.View, block.Hash, block.Header.Leader, new VoteSignature(new byte[VoteSignature.Size]));

    private static Certificate Nullification(ulong view) => new(
        VoteKind.Nullify, new View(view), default, [new CertificateSignature(0, default), new CertificateSignature(1, default), new CertificateSignature(3, default)]);

    private static Proposal Proposed()
    {
        var block = SampleBlock();
        var parent = Nullification(1) with
        {
            Kind = VoteKind.Notarize,
            View = block.Header.ParentView,
            Block = block.Header.ParentHash,
        };
        return new Proposal(block, new Justification(parent, [Nullification(5), Nullification(6)]), VoteFor(block));
    }
}
