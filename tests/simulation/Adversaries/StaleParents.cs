using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Builds its blocks on parents that may not be built on: the newest final block although a newer one is notarised, an
/// older final one, or a block that nobody ever proposed. Its own votes support whatever leads away from the chain.
/// </summary>
internal sealed class StaleParents(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private readonly Dictionary<Digest, Block> _phantoms = [];
    private View _proposed;

    public override void Handle(ReplicaEvent happened)
    {
        base.Handle(happened);
        if (!IsUp) return;

        if (happened is ReplicaEvent.Received(var asker, PeerMessage.AsksBlock(var hash))
            && _phantoms.TryGetValue(hash, out var phantom))
            Send(asker, new PeerMessage.GivesBlock(phantom));
        if (!Leads(Replica.View) || Replica.View == _proposed) return;

        if ((Random.Next(2) == 0 ? OnPhantom(Replica.View) : OnFinal(Replica.View)) is not { } proposal) return;

        _proposed = Replica.View;
        base.Broadcast(new PeerMessage.Proposed(proposal));
        base.Broadcast(new PeerMessage.Voted(Sign(VoteKind.Finalize, Replica.View, proposal.Block.Hash)));
    }

    protected override void Broadcast(PeerMessage message)
    {
        if (message is not PeerMessage.Proposed) base.Broadcast(message);
    }

    private Proposal? OnFinal(View view)
    {
        var parent = Tips[Math.Max(0, Tips.Count - 1 - Random.Next(3) / 2)];
        return Build(parent, view, EntriesOn(parent.Ledger), TimeAfter(parent)) is { } block ? Propose(block) : null;
    }

    /// <summary>
    /// On a block that it makes up in a view that was nullified: there, no certificate rules it out.
    /// </summary>
    private Proposal? OnPhantom(View view)
    {
        var (tip, before) = (Tips[^1], view.Previous);
        if (before <= tip.Header.View || Certificate(VoteKind.Nullify, before) is null) return null;

        var entries = EntriesOn(tip.Ledger);
        long time = TimeAfter(tip);
        if (Build(tip, before, entries, time) is not { } phantom) return null;

        var ledger = tip.Ledger.Replay(entries, time, phantom.Header.Height).After;
        var parent = new ChainTip(phantom.Header, null, ledger);
        if (Build(parent, view, EntriesOn(ledger), time) is not { } block) return null;

        _phantoms[phantom.Hash] = phantom;
        var own = new CertificateSignature(Index, Sign(VoteKind.Notarize, before, phantom.Hash).Signature);
        var forged = new Certificate(VoteKind.Notarize, before, phantom.Hash, [own]);
        return new Proposal(block, new Justification(forged, []), Sign(VoteKind.Notarize, view, block.Hash));
    }

    private long TimeAfter(ChainTip parent) => Math.Max(parent.Header.Time, SecondsNow);
}
