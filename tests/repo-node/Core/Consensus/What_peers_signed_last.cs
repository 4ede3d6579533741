using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Consensus.Boot;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Core.Consensus;

/// <summary>What a node keeps of its peers' signatures for their boot checks, and reads back from its own disk.</summary>
public sealed class What_peers_signed_last
{
    private static readonly Digest Block = Digest.Of([5]);

    private readonly Bench _bench = new(self: 0);
    private readonly LastSeen _seen = new();

    [Fact]
    public void Only_what_is_newer_replaces_what_is_known()
    {
        Assert.True(_seen.Note(2, VoteIn(4), Cosign(2, 8)));
        Assert.False(_seen.Note(2, VoteIn(3), Cosign(2, 6)));
        Assert.False(_seen.Note(2, null, null));
        Assert.True(_seen.Note(2, VoteIn(5), Cosign(2, 6)));
        Assert.Equal(new LastSigned(77, VoteIn(5), Cosign(2, 8)), _seen.About(2, 77));
        Assert.Equal(new LastSigned(77, null, null), _seen.About(3, 77));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written_and_no_other_way()
    {
        Note();
        byte[] bytes = _seen.ToBytes();
        Assert.True(LastSeen.TryRead(bytes, out var read));
        Assert.Equal(bytes, read.ToBytes());
        Assert.Equal(_seen.About(3, 1), read.About(3, 1));
        for (int length = 0; length < bytes.Length; length++) Assert.False(LastSeen.TryRead(bytes.AsSpan(0, length), out _));
        Assert.False(LastSeen.TryRead([.. bytes, 0], out _));
    }

    [Fact]
    public void Another_node_s_signature_or_none_is_no_spelling_of_it()
    {
        Assert.True(_seen.Note(3, VoteIn(4), null));
        byte[] bytes = _seen.ToBytes();
        Assert.False(LastSeen.TryRead(bytes, out _));
        Assert.False(LastSeen.TryRead([1, 2, 0, 0], out _));
        Assert.True(LastSeen.TryRead([0], out _));
    }

    [Fact]
    public void What_a_node_did_not_sign_is_left_out_when_it_is_taken_up_again()
    {
        Note();
        _seen.Note(1, _bench.Sign(1, VoteKind.Nullify, new View(7), default) with { View = new View(8) }, Cosign(1, 8) with { Time = 9 });
        var verified = _seen.Verified(Bench.Network.Root);
        Assert.Equal(_seen.About(2, 0), verified.About(2, 0));
        Assert.Equal(_seen.About(3, 0), verified.About(3, 0));
        Assert.Equal(new LastSigned(0, null, null), verified.About(1, 0));
    }

    private void Note()
    {
        _seen.Note(3, null, Cosign(3, 8));
        _seen.Note(2, VoteIn(4), Cosign(2, 8));
    }

    private Vote VoteIn(ulong view) => _bench.Sign(2, VoteKind.Finalize, new View(view), Block);

    private static CosignatureGossip Cosign(byte node, ulong size)
    {
        var checkpoint = new Checkpoint(TestNetwork.Origin, new TreeSize(size), Block);
        Assert.True(Cosignature.TryRead(Bench.Network.Nodes[node].Attest(checkpoint, 1_000), out _, out var signature));
        return new CosignatureGossip(size, Block, node, 1_000, new VoteSignature(signature));
    }
}
