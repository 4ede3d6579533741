using Microsoft.Extensions.Logging.Abstractions;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Peers;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>Three real nodes, and a fourth of which only the keys are real.</summary>
public sealed class A_peer_that_signs_two_histories : IAsyncLifetime, IAsyncDisposable
{
    private const int Liar = 3;

    private readonly LoopbackNetwork _nodes = new();

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Liar).Select(_nodes.StartAsync));
        await _nodes.WaitForCertifiedAsync(0);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _nodes.DisposeAsync();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task It_is_convicted_by_whoever_hears_both_and_the_proof_is_there_for_everybody()
    {
        Assert.True(SignedNote.TryParse(await _nodes.Clients[0].GetByteArrayAsync("/checkpoint"), out var note));
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        using var stop = new CancellationTokenSource();
        var peers = new PeerSet(TestNetwork.Origin, 1, _nodes.Network.Root.Nodes, Liar, _nodes.KeysOf(Liar).Transport);
        var network = new PeerNetwork(peers, TimeProvider.System, NullLogger<PeerNetwork>.Instance);
        network.Send(0, Cosigned(checkpoint.Size, checkpoint.Root));
        network.Send(0, Cosigned(checkpoint.Size, Digest.Of([9])));
        var running = network.RunAsync(_ => { }, stop.Token);

        byte[] file = [];
        await LoopbackNetwork.EventuallyAsync(async () =>
        {
            file = await _nodes.Clients[0].GetByteArrayAsync("/evidence/node-03");
            return file.Length > 0;
        });
        Assert.True(Evidence.TryRead(file, out var evidence));
        Assert.True(evidence.Judge(_nodes.Network.Root).TryGet(out var conviction, out _));
        Assert.Equal(Liar, conviction.Node);
        await stop.CancelAsync();
        await running;
    }

    private PeerMessage.Cosigned Cosigned(TreeSize size, Digest root)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var checkpoint = new Checkpoint(TestNetwork.Origin, size, root);
        Assert.True(Cosignature.TryRead(_nodes.Network.Nodes[Liar].Attest(checkpoint, now), out _, out var signature));
        return new PeerMessage.Cosigned(new CosignatureGossip(size.Value, root, Liar, now, new VoteSignature(signature)));
    }
}
