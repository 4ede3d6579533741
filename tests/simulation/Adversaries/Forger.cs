using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Sends what it has no right to: justifications cut short or forged, votes in other names, certificates of one signer,
/// parents long overtaken, times ahead, flipped bits, and questions without end.
/// </summary>
internal sealed class Forger(Simulation simulation, byte index, LedgerState genesis)
    : Adversary(simulation, index, genesis)
{
    private readonly Header _genesis = ChainTip.Genesis(genesis).Header;

    protected override void Broadcast(PeerMessage message)
    {
        foreach (byte peer in Peers)
        {
            Send(
                peer,
                message is PeerMessage.Proposed(var proposal) ? new PeerMessage.Proposed(Corrupt(proposal)) : message);
            Send(peer, Lie());
            SendFlipped(peer, message);
        }
    }

    private Proposal Corrupt(Proposal proposal)
    {
        var justification = proposal.Justification;
        return Random.Next(4) switch
        {
            0 => proposal with { Justification = justification with { Nullifications = [] } },
            1 when justification.Parent is { } parent =>
                proposal with
                {
                    Justification = justification with { Parent = Forge(parent.Kind, parent.View, parent.Block) },
                },
            2 => OnGenesis(proposal),
            _ => proposal,
        };
    }

    /// <summary>A block that leaves out everything since the genesis, from far ahead.</summary>
    private Proposal OnGenesis(Proposal proposal)
    {
        var old = proposal.Block.Header;
        var header = new Header(
            old.Epoch, old.View, 1, View.Genesis, _genesis.Hash, old.Time + 1_000, old.Leader,
            Block.RootOf([]), _genesis.LogSize, _genesis.LogRoot, _genesis.MapRoot);
        return Block.TryCreate(header, [], out var block)
            ? new Proposal(block, new Justification(null, []), Sign(VoteKind.Notarize, header.View, header.Hash))
            : proposal;
    }

    private PeerMessage Lie()
    {
        var view = new View((ulong)Random.Next(1, 200));
        var block = Digest.Of([(byte)Random.Next(256)]);
        return Random.Next(6) switch
        {
            0 => new PeerMessage.Voted(Sign(VoteKind.Nullify, view, default) with { Signer = Peers.First() }),
            1 => new PeerMessage.Certified(Forge(VoteKind.Finalize, view, block)),
            2 => new PeerMessage.Certified(Forge(VoteKind.Nullify, view, default)),
            3 => new PeerMessage.Stands(new Status(View.Genesis, view, view, 0)),
            4 => new PeerMessage.AsksCertificates(View.Genesis, view),
            _ => new PeerMessage.AsksChain(0),
        };
    }

    private Certificate Forge(VoteKind kind, View view, Digest block)
    {
        var own = Sign(kind, view, block).Signature;
        var signers = Enumerable.Range(0, Simulation.Committee.Quorum.Required);
        return new Certificate(
            kind, view, block, [.. signers.Select(signer => new CertificateSignature((byte)signer, own))]);
    }

    private void SendFlipped(byte peer, PeerMessage message)
    {
        byte[] body = message.ToBody();
        body[Random.Next(body.Length)] ^= (byte)(1 << Random.Next(8));
        Simulation.Send(Index, peer, message.Type, body);
    }
}
