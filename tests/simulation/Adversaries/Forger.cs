using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Sends certificates that nobody signed: forged ones, ones of too few signers, ones whose one signer counts several
/// times; justifications cut short or forged; flipped bits, and questions without end.
/// </summary>
internal sealed class Forger(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private int Quorum => Simulation.Committee.Quorum.Required;

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
        return Random.Next(3) switch
        {
            0 => proposal with { Justification = justification with { Nullifications = [] } },
            1 when justification.Parent is { } parent =>
                proposal with
                {
                    Justification = justification with { Parent = Forge(parent.Kind, parent.View, parent.Block) },
                },
            _ => proposal,
        };
    }

    private PeerMessage Lie()
    {
        // Where it hurts: in the views that are being decided.
        var view = new View(Math.Max(1, Replica.View.Number + (ulong)Random.Next(3)) - 1);
        if (view == View.Genesis) view = view.Next;
        var block = Digest.Of([(byte)Random.Next(4)]);
        return Random.Next(7) switch
        {
            0 => new PeerMessage.Certified(Forge(VoteKind.Finalize, view, block)),
            1 => new PeerMessage.Certified(Forge(VoteKind.Notarize, view, block)),
            2 => new PeerMessage.Certified(Forge(VoteKind.Nullify, view, default)),
            3 => new PeerMessage.Stands(new Status(View.Genesis, view, view, 0)),
            4 => new PeerMessage.AsksCertificates(View.Genesis, view),
            5 => new PeerMessage.AsksChain(0),
            _ => new PeerMessage.Certified(Forge(VoteKind.Finalize, new View((ulong)Random.Next(1, 200)), block)),
        };
    }

    /// <summary>
    /// A certificate with its own, valid signature in the places of others, or alone, or again and again.
    /// </summary>
    private Certificate Forge(VoteKind kind, View view, Digest block)
    {
        var own = Sign(kind, view, block).Signature;
        ImmutableArray<CertificateSignature> parts = Random.Next(3) switch
        {
            0 => [.. Enumerable.Range(0, Quorum).Select(signer => new CertificateSignature((byte)signer, own))],
            1 => [new CertificateSignature(Index, own)],
            _ => [.. Enumerable.Repeat(new CertificateSignature(Index, own), Quorum)],
        };
        return new Certificate(kind, view, block, parts);
    }

    private void SendFlipped(byte peer, PeerMessage message)
    {
        byte[] body = message.ToBody();
        body[Random.Next(body.Length)] ^= (byte)(1 << Random.Next(8));
        Simulation.Send(this, peer, message.Type, body);
    }
}
