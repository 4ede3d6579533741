using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.Adversaries;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// An oracle that never objects would be worth nothing: nodes that break a rule, and claim not to, must be caught.
/// </summary>
public sealed class The_oracle
{
    private const int Count = 40;

    [Fact]
    public void Catches_a_node_that_restarts_without_its_journal() =>
        AssertCaught((simulation, index) => new Forgetful(simulation, index));

    [Fact]
    public void Catches_a_node_that_nullifies_what_it_finalized() =>
        AssertCaught((simulation, index) => new DoubleVoter(simulation, index));

    [Fact]
    public void Catches_a_node_that_delivers_a_block_twice() =>
        AssertCaught((simulation, index) => new Repeater(simulation, index));

    [Fact]
    public void Catches_a_node_that_is_set_back_and_asks_nobody_what_it_signed() =>
        AssertCaught((simulation, index) => new SetBack(simulation, index));

    private static void AssertCaught(NodeMaker liar) => Assert.NotNull(Seeds.FirstBroken(Count, liar));

    private sealed class Forgetful(SimulatedNetwork simulation, byte index) : SimulatedNode(simulation, index)
    {
        protected override IEnumerable<JournalRecord> RestoredJournal() => [];
    }

    private sealed class DoubleVoter(SimulatedNetwork simulation, byte index) : SimulatedNode(simulation, index)
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

    private sealed class Repeater(SimulatedNetwork simulation, byte index) : SimulatedNode(simulation, index)
    {
        protected override void Store(FinalBlock final)
        {
            base.Store(final);
            base.Store(final);
        }
    }
}
