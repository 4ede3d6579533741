using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.Simulation.Tests.Adversaries;

/// <summary>
/// A node that follows the protocol inside, so that it knows what is going on, and says something else outside. It
/// holds its own vote key and nobody else's.
/// </summary>
internal abstract class Adversary(Simulation simulation, byte index, LedgerState genesis)
    : SimulatedNode(simulation, index, genesis)
{
    public override bool IsHonest => false;

    protected Random Random => Simulation.Random;

    protected IEnumerable<byte> Peers =>
        Enumerable.Range(0, Simulation.Nodes.Count).Select(peer => (byte)peer).Where(peer => peer != Index);

    // Its core finds its own lies contradictory, and stops: it starts again.
    public override void Handle(ReplicaEvent happened)
    {
        try
        {
            base.Handle(happened);
        }
        catch (InvariantBrokenException)
        {
            Crash();
        }
    }

    // Nothing binds it: it forgets what it said.
    protected override IEnumerable<JournalRecord> RestoredJournal() => [];

    protected Vote Sign(VoteKind kind, View view, Digest block)
    {
        byte[] signed = Vote.SignedBytes(Simulation.Committee.Origin, Simulation.Committee.Epoch, kind, view, block);
        return new Vote(kind, view, block, Index, new VoteSignature(Keys.VoteKey.Sign(signed)));
    }
}
