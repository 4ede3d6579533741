using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Boot;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>What nodes say to each other after hello: the table of types in docs/protocol.md §11.</summary>
public abstract record PeerMessage
{
    private PeerMessage(byte type)
    {
        Type = type;
    }

    public byte Type { get; }

    public sealed record Proposed(Proposal Proposal) : PeerMessage(1);

    public sealed record Voted(Vote Vote) : PeerMessage(2);

    public sealed record Certified(Certificate Certificate) : PeerMessage(3);

    public sealed record Stands(Status Status) : PeerMessage(4);

    public sealed record AsksBlock(Digest Hash) : PeerMessage(5);

    public sealed record GivesBlock(Block Block) : PeerMessage(6);

    public sealed record Submits(Envelope Envelope) : PeerMessage(7);

    public sealed record Cosigned(CosignatureGossip Cosignature) : PeerMessage(8);

    /// <summary>Both ends included.</summary>
    public sealed record AsksCertificates(View First, View Last) : PeerMessage(9);

    /// <summary>Asks for the finalised blocks after this height.</summary>
    public sealed record AsksChain(ulong Height) : PeerMessage(10);

    /// <summary>Asks what the peer has seen signed with this node's keys; the answer names the question.</summary>
    public sealed record AsksSigned(ulong Question) : PeerMessage(11);

    public sealed record HasSigned(LastSigned Last) : PeerMessage(12);

    /// <summary>What the sender's clock says, Unix seconds. Unsigned: up to f lies about it move nothing.</summary>
    public sealed record TellsClock(ulong Time) : PeerMessage(13);

    /// <summary>Reads a frame's body by its type. Random bytes never throw; a second spelling is refused.</summary>
    public static bool TryRead(byte type, ReadOnlySpan<byte> body, [NotNullWhen(true)] out PeerMessage? message)
    {
        var reader = new ByteReader(body);
        message = type switch
        {
            1 => Proposal.TryRead(ref reader, out var proposal) ? new Proposed(proposal) : null,
            2 => Vote.TryRead(ref reader, out var vote) ? new Voted(vote) : null,
            3 => Certificate.TryRead(ref reader, out var certificate) ? new Certified(certificate) : null,
            4 => Status.TryRead(ref reader, out var status) ? new Stands(status) : null,
            5 => reader.TryDigest(out var hash) ? new AsksBlock(hash) : null,
            6 => Block.TryRead(ref reader, out var block) ? new GivesBlock(block) : null,
            7 => TryReadEnvelope(ref reader, out var envelope) ? new Submits(envelope) : null,
            8 => CosignatureGossip.TryRead(ref reader, out var cosignature) ? new Cosigned(cosignature) : null,
            9 => reader.TryView(out var first) && reader.TryView(out var last) && first <= last
                ? new AsksCertificates(first, last) : null,
            10 => reader.TryCounter(out ulong height) ? new AsksChain(height) : null,
            11 => reader.TryU64(out ulong question) ? new AsksSigned(question) : null,
            12 => LastSigned.TryRead(ref reader, out var signed) ? new HasSigned(signed) : null,
            13 => reader.TryCounter(out ulong time) ? new TellsClock(time) : null,
            _ => null,
        };

        if (!reader.AtEnd) message = null;
        return message is not null;
    }

    /// <summary>The frame's body; its type is <see cref="Type"/>.</summary>
    public byte[] ToBody()
    {
        var writer = new ByteWriter();
        switch (this)
        {
            case Proposed(var proposal): proposal.WriteTo(writer); break;
            case Voted(var vote): vote.WriteTo(writer); break;
            case Certified(var certificate): certificate.WriteTo(writer); break;
            case Stands(var status): status.WriteTo(writer); break;
            case AsksBlock(var hash): writer.Digest(hash); break;
            case GivesBlock(var block): block.WriteTo(writer); break;
            case Submits(var envelope): writer.Bytes(envelope.ToBytes()); break;
            case Cosigned(var cosignature): cosignature.WriteTo(writer); break;
            case AsksCertificates(var first, var last): writer.U64(first.Number).U64(last.Number); break;
            case AsksChain(var height): writer.U64(height); break;
            case AsksSigned(var question): writer.U64(question); break;
            case HasSigned(var signed): signed.WriteTo(writer); break;
            case TellsClock(var time): writer.U64(time); break;
        }

        return writer.ToArray();
    }

    private static bool TryReadEnvelope(ref ByteReader reader, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = null;
        return reader.TryBytes(reader.Remaining, out var bytes)
            && bytes.Length <= Limits.MaxEntrySize
            && Envelope.TryRead(bytes, out envelope);
    }
}
