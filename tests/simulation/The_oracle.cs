using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// An oracle that never objects would be worth nothing: nodes that break a rule, and claim not to, must be caught.
/// </summary>
public sealed class The_oracle
{
    private const int Seeds = 40;

    [Fact]
    public void Catches_a_node_that_restarts_without_its_journal() =>
        AssertCaught((network, index, genesis) => new Amnesiac(network, index, genesis));

    [Fact]
    public void Catches_a_node_that_nullifies_what_it_finalized() =>
        AssertCaught((network, index, genesis) => new DoubleVoter(network, index, genesis));

    [Fact]
    public void Catches_a_node_that_delivers_a_block_twice() =>
        AssertCaught((network, index, genesis) => new Repeater(network, index, genesis));

    private static void AssertCaught(NodeMaker liar) =>
        Assert.NotNull(Tests.Seeds.FirstCaught(Seeds, seed => new Simulation(seed, liar)));

    private sealed class Amnesiac(Simulation simulation, byte index, LedgerState genesis)
        : SimulatedNode(simulation, index, genesis)
    {
        protected override IEnumerable<JournalRecord> RestoredJournal() => [];
    }

    private sealed class DoubleVoter(Simulation simulation, byte index, LedgerState genesis)
        : SimulatedNode(simulation, index, genesis)
    {
        protected override void Broadcast(PeerMessage message)
        {
            base.Broadcast(message);
            if (message is not PeerMessage.Voted({ Kind: VoteKind.Finalize } vote)) return;

            var committee = Simulation.Committee;
            byte[] signed = Vote.SignedBytes(
                committee.Origin, committee.Epoch, VoteKind.Nullify, vote.View, default);
            var second = new Vote(
                VoteKind.Nullify, vote.View, default, Index, new VoteSignature(Keys.VoteKey.Sign(signed)));
            base.Broadcast(new PeerMessage.Voted(second));
        }
    }

    private sealed class Repeater(Simulation simulation, byte index, LedgerState genesis)
        : SimulatedNode(simulation, index, genesis)
    {
        protected override void Store(FinalBlock final)
        {
            base.Store(final);
            base.Store(final);
        }
    }
}
