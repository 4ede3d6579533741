using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// Proposes blocks that claim what is not so: other roots than execution leads to, a false height, a time before the
/// parent's or far ahead, statements that nobody may sign or that do not follow.
/// </summary>
internal sealed class BadBlocks(SimulatedNetwork simulation, byte index) : Adversary(simulation, index)
{
    private View _proposed;

    public override void Handle(ReplicaEvent happened)
    {
        base.Handle(happened);
        if (!IsUp || !Leads(Replica.View) || Replica.View == _proposed) return;

        if (Bad(Tips[^1], Replica.View) is not { } block || Propose(block) is not { } proposal) return;

        _proposed = Replica.View;
        base.Broadcast(new PeerMessage.Proposed(proposal));
        base.Broadcast(new PeerMessage.Voted(Sign(VoteKind.Finalize, Replica.View, block.Hash)));
    }

    protected override void Broadcast(PeerMessage message)
    {
        if (message is not PeerMessage.Proposed) base.Broadcast(message);
    }

    private Block? Bad(ChainTip parent, View view)
    {
        var entries = EntriesOn(parent.Ledger);
        long time = Math.Max(parent.Header.Time, SecondsNow);
        var lie = Digest.Of([(byte)Random.Next(256)]);
        return Random.Next(7) switch
        {
            0 => Build(parent, view, entries, time, header => header with { MapRoot = lie }),
            1 => Build(parent, view, entries, time, header => header with { LogRoot = lie }),
            2 => Build(parent, view, entries, time, height: parent.Header.Height + 2),
            3 => Build(parent, view, entries, parent.Header.Time - 1),
            4 => Build(parent, view, entries, time + 3_600),
            5 => Build(parent, view, Unauthorised(parent.Ledger), time),
            _ => Build(parent, view, Rivals, time),
        };
    }

    /// <summary>A release in the very place of the next one, signed by a role that may not.</summary>
    private static ImmutableArray<ReadOnlyMemory<byte>> Unauthorised(LedgerState ledger)
    {
        int ordered = Publishers.Chain.Count(statement => ledger.Check(statement) == LedgerRefusal.Duplicate);
        var next = Publishers.Forgeries.Skip((ordered + 1) / 2).FirstOrDefault();
        return next is null ? [] : [next.ToBytes()];
    }

    private static ImmutableArray<ReadOnlyMemory<byte>> Rivals =>
        [.. Publishers.Rivals.Select(rival => (ReadOnlyMemory<byte>)rival.ToBytes())];
}
