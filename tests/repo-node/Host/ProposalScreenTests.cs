using System.Collections.Immutable;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.RepoNode.Operations;
using SupplyChain.RepoNode.Operations.Intake;
using SupplyChain.RepoNode.Operations.Joining;
using SupplyChain.RepoNode.Tests.Core.Consensus;
using SupplyChain.Tests.Kit;

namespace SupplyChain.RepoNode.Tests.Host;

/// <summary>What is verified of a leader's block before it reaches the loop, on a node that has seen none of it.</summary>
public sealed class ProposalScreenTests : IDisposable
{
    private static readonly View First = new(1);
    private static readonly Envelope Other = Bench.Network.Sign(TestNetwork.ReleaseOf("2.0.0"));

    private readonly Bench _bench = new(self: 2);
    private readonly RoleSignatures _signatures = new(64);
    private readonly ProposalScreen _screen;

    public ProposalScreenTests()
    {
        var genesis = LedgerState.Genesis(Bench.Network.Root, Bench.Network.RootEnvelope, _signatures).After;
        _screen = new ProposalScreen(_bench.Committee, new NodeState(new NodeSnapshot(
            First, 0, ChainTip.Genesis(genesis), null, null, new Progress(true, 0, 0, 0, 0),
            PeerClocks.Untold(Bench.Network.Root.Quorum))));
    }

    public void Dispose() => _screen.Dispose();

    [Fact]
    public async Task The_statements_of_a_leaders_block_are_verified_before_the_loop_has_it()
    {
        await _screen.LookAsync(_bench.Propose(_bench.BlockIn(First, Bench.Release)), default);
        Assert.Equal(1, _signatures.Count);
    }

    [Fact]
    public async Task A_leader_that_makes_two_blocks_in_its_view_has_one_looked_at()
    {
        await _screen.LookAsync(_bench.Propose(_bench.BlockIn(First)), default);
        await _screen.LookAsync(_bench.Propose(_bench.BlockIn(First, Bench.Release)), default);
        Assert.Equal(0, _signatures.Count);

        await _screen.LookAsync(_bench.Propose(_bench.BlockIn(new View(2), Bench.Release)), default);
        await _screen.LookAsync(_bench.Propose(_bench.BlockIn(new View(5), Other)), default);
        Assert.Equal(2, _signatures.Count);
    }

    [Fact]
    public async Task Behind_a_statement_that_is_wrongly_signed_no_more_is_verified()
    {
        var forged = Bench.Network.RootHolders.Sign(TestNetwork.ReleaseOf("9.0.0"));
        ImmutableArray<ReadOnlyMemory<byte>> entries = [forged.ToBytes(), Bench.Release.ToBytes()];
        var header = _bench.BlockIn(First).Header with { EntriesRoot = Block.RootOf(entries) };
        Assert.True(Block.TryCreate(header, entries, out var block));
        await _screen.LookAsync(_bench.Propose(block), default);
        Assert.Equal(0, _signatures.Count);
    }

    [Fact]
    public async Task Blocks_that_nobody_votes_for_soon_or_that_no_leader_signed_are_not_looked_at()
    {
        await _screen.LookAsync(_bench.Propose(_bench.BlockIn(new View(6), Bench.Release)), default);
        var right = _bench.Propose(_bench.BlockIn(First, Bench.Release));
        var forged = right.LeaderVote with { Signature = _bench.Sign(0, VoteKind.Finalize, First, right.Block.Hash).Signature };
        await _screen.LookAsync(right with { LeaderVote = forged }, default);
        Assert.Equal(0, _signatures.Count);
    }
}
