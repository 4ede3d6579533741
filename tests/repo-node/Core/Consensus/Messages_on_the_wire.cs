using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Consensus;

/// <summary>
/// What peers send has one encoding; everything else is refused and nothing throws (docs/protocol.md §11).
/// </summary>
public sealed class Messages_on_the_wire
{
    // The beginning of a hash over many values of every type. A change of it is a change of docs/protocol.md §11.
    private const string WireLock = "d2890929bcd1daa0c0f7a5ef432913cd";

    private static readonly TestNetwork Network = TestNetwork.Create();

    [Fact]
    public void What_is_read_encodes_again_to_the_same_bytes() => ForAll.Seeds(20, random =>
    {
        foreach (var message in Messages(random))
        {
            byte[] body = message.ToBody();
            Assert.True(PeerMessage.TryRead(message.Type, body, out var read), message.GetType().Name);
            Assert.Equal(body, read.ToBody());
        }
    });

    [Fact]
    public void Formats_do_not_change_by_accident()
    {
        var bodies = Enumerable.Range(0, 20).SelectMany(seed => Messages(new Random(seed)))
            .SelectMany(message => message.ToBody().Prepend(message.Type));
        Assert.Equal(WireLock, Digest.Of([.. bodies]).ToHex()[..WireLock.Length]);
    }

    [Fact]
    public void Every_truncation_and_every_extension_is_refused()
    {
        foreach (var message in Messages(new Random(1)))
        {
            byte[] body = message.ToBody();
            for (int length = 0; length < body.Length; length++)
            {
                Assert.False(
                    PeerMessage.TryRead(message.Type, body.AsSpan(0, length), out _),
                    $"{message.GetType().Name} cut to {length}");
            }

            Assert.False(PeerMessage.TryRead(message.Type, [.. body, 0], out _));
        }
    }

    [Fact]
    public void Random_and_flipped_bytes_never_throw_and_never_have_a_second_spelling() => ForAll.Seeds(300, random =>
    {
        var messages = Messages(random).ToList();
        byte[] body = messages[random.Next(messages.Count)].ToBody();
        for (int flips = random.Next(1, 4); flips > 0; flips--)
            body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
        byte[] noise = new byte[random.Next(400)];
        random.NextBytes(noise);
        for (byte type = 0; type < 15; type++)
        {
            if (PeerMessage.TryRead(type, body, out var read)) Assert.Equal(body, read.ToBody());
            if (PeerMessage.TryRead(type, noise, out read)) Assert.Equal(noise, read.ToBody());
        }
    });

    [Fact]
    public void A_nullification_names_no_block_and_the_others_do()
    {
        AssertRefused(new Vote(VoteKind.Nullify, new View(3), Digest.Of([1]), 0, default));
        AssertRefused(new Vote(VoteKind.Notarize, new View(3), default, 0, default));
        AssertRefused(new Vote(VoteKind.Finalize, new View(3), default, 0, default));
        AssertRefused(new Vote((VoteKind)4, new View(3), Digest.Of([1]), 0, default));
        AssertRefused(new Vote(VoteKind.Nullify, View.Genesis, default, 0, default));
        AssertRefused(new Vote(VoteKind.Nullify, new View(Limits.MaxJsonNumber + 1), default, 0, default));
    }

    [Fact]
    public void A_certificates_signers_rise_strictly()
    {
        AssertRefused(CertificateBy(1, 0, 2));
        AssertRefused(CertificateBy(0, 0, 1));
        Assert.True(Certificate.TryRead(CertificateBy(0, 1, 3).ToBytes(), out _));
    }

    [Fact]
    public void A_body_belongs_to_its_header()
    {
        byte[] block = BlockWith([1, 2, 3]).ToBytes();
        block[^1] ^= 1;
        Assert.False(Block.TryRead(block, out _));
    }

    [Fact]
    public void A_body_has_its_bounds()
    {
        var small = Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[1], Bounds.MaxBlockEntries + 1).ToImmutableArray();
        Assert.False(Block.TryCreate(HeaderOf(Block.RootOf(small)), small, out _));
        Assert.True(Block.TryCreate(HeaderOf(Block.RootOf(small[1..])), small[1..], out _));

        int tooMany = (Bounds.MaxBlockBytes / Limits.MaxEntrySize) + 1;
        var large = Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[Limits.MaxEntrySize], tooMany).ToImmutableArray();
        Assert.False(Block.TryCreate(HeaderOf(Block.RootOf(large)), large, out _));
    }

    [Fact]
    public void A_proposal_carries_its_own_leaders_vote_for_its_own_block()
    {
        var block = BlockWith([1]);
        var vote = new Vote(VoteKind.Notarize, block.Header.View, block.Hash, block.Header.Leader, default);
        var justification = JustificationOf(block.Header);
        Assert.True(Proposal.TryRead(new Proposal(block, justification, vote).ToBytes(), out _));
        AssertRefused(new Proposal(block, justification, vote with { Kind = VoteKind.Finalize }));
        AssertRefused(new Proposal(block, justification, vote with { View = vote.View.Next }));
        AssertRefused(new Proposal(block, justification, vote with { Block = Digest.Of([9]) }));
        AssertRefused(new Proposal(block, justification, vote with { Signer = 3 }));
    }

    [Fact]
    public void A_justification_is_about_the_parent_and_the_views_after_it()
    {
        var block = BlockWith([1]);
        var vote = new Vote(VoteKind.Notarize, block.Header.View, block.Hash, block.Header.Leader, default);
        var right = JustificationOf(block.Header);
        AssertRefused(new Proposal(block, right with { Parent = null }, vote));
        AssertRefused(new Proposal(block, right with { Parent = right.Parent! with { Block = Digest.Of([9]) } }, vote));
        AssertRefused(new Proposal(block, right with { Parent = right.Parent! with { View = new View(1) } }, vote));

        var nullification = right.Nullifications[0];
        foreach (Certificate[] wrong in new Certificate[][]
        {
            [.. right.Nullifications, nullification],
            [nullification with { View = block.Header.View }],
            [nullification with { View = block.Header.ParentView }],
        })
        {
            AssertRefused(new Proposal(block, right with { Nullifications = [.. wrong] }, vote));
        }
    }

    [Fact]
    public void A_header_hashes_with_its_domain()
    {
        var header = HeaderOf(default);
        byte[] expected = [.. "supplychain/block/v1"u8, 0, .. header.ToBytes()];
        Assert.Equal(Digest.Of(expected), header.Hash);
        Assert.Equal(178, header.ToBytes().Length);
    }

    private static IEnumerable<PeerMessage> Messages(Random random)
    {
        byte[] entry = new byte[random.Next(1, 200)];
        random.NextBytes(entry);
        var block = BlockWith(entry);
        var vote = new Vote(VoteKind.Notarize, block.Header.View, block.Hash, block.Header.Leader, SignatureOf(random));
        yield return new PeerMessage.Proposed(new Proposal(block, JustificationOf(block.Header), vote));
        yield return new PeerMessage.Voted(vote);
        yield return new PeerMessage.Certified(CertificateBy(0, 1, 2));
        yield return new PeerMessage.Stands(new Status(new View(1), new View(4), new View(3), (ulong)random.Next()));
        yield return new PeerMessage.AsksBlock(block.Hash);
        yield return new PeerMessage.GivesBlock(block);
        yield return new PeerMessage.Submits(Network.RootEnvelope);
        yield return new PeerMessage.Cosigned(
            new CosignatureGossip(5, block.Hash, 2, random.Next(), SignatureOf(random)));
        yield return new PeerMessage.AsksCertificates(new View(2), new View(2 + (ulong)random.Next()));
        yield return new PeerMessage.AsksChain((ulong)random.Next());
        var cosignature = new CosignatureGossip(7, block.Hash, 1, random.Next(), SignatureOf(random));
        ulong question = (ulong)random.NextInt64();
        yield return new PeerMessage.AsksSigned(question);
        yield return new PeerMessage.HasSigned(new LastSigned(question, vote, cosignature));
        yield return new PeerMessage.HasSigned(new LastSigned(question, null, cosignature));
        yield return new PeerMessage.HasSigned(new LastSigned(question, vote, null));
        yield return new PeerMessage.HasSigned(new LastSigned(question, null, null));
        yield return new PeerMessage.TellsClock((ulong)random.Next());
    }

    private static VoteSignature SignatureOf(Random random)
    {
        byte[] bytes = new byte[VoteSignature.Size];
        random.NextBytes(bytes);
        return new VoteSignature(bytes);
    }

    private static Header HeaderOf(Digest entriesRoot) =>
        new(1, new View(7), 3, new View(4), Digest.Of([4]), 99, 2, entriesRoot, 12, Digest.Of([1]), Digest.Of([2]));

    private static Block BlockWith(byte[] entry) =>
        Block.TryCreate(HeaderOf(Block.RootOf([entry])), [entry], out var block)
            ? block
            : throw new InvalidOperationException("No block.");

    private static Certificate CertificateBy(params byte[] signers) =>
        new(
            VoteKind.Nullify, new View(5), default,
            [.. signers.Select(signer => new CertificateSignature(signer, default))]);

    private static Justification JustificationOf(Header header) => new(
        CertificateBy(0, 1, 2) with { Kind = VoteKind.Notarize, View = header.ParentView, Block = header.ParentHash },
        [CertificateBy(0, 1, 2), CertificateBy(1, 2, 3) with { View = new View(6) }]);

    private static void AssertRefused(Vote vote) => Assert.False(Vote.TryRead(vote.ToBytes(), out _));

    private static void AssertRefused(Certificate certificate) =>
        Assert.False(Certificate.TryRead(certificate.ToBytes(), out _));

    private static void AssertRefused(Proposal proposal) => Assert.False(Proposal.TryRead(proposal.ToBytes(), out _));
}
