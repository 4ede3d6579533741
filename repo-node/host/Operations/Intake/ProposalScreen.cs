using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Operations.Intake;

/// <summary>
/// Verifies the statements of a leader's block before it reaches the loop. Of those that nobody submitted here, the loop
/// would verify up to 256 while every timer waits; what verifies here is remembered by the ledger's
/// <see cref="RoleSignatures"/>, and judging the block stays the loop's. Each leader has one block looked at in a view of
/// its own, and one is looked at at a time: whoever sends more of them gains nothing.
/// </summary>
internal sealed class ProposalScreen(Committee committee, NodeState state) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly View[] _lookedAt = new View[committee.Size];
    private readonly SemaphoreSlim _room = new(1);

    public async Task LookAsync(Proposal proposal, CancellationToken stop)
    {
        if (!IsOfItsLeader(proposal) || !IsFirst(proposal.Block.Header)) return;

        await _room.WaitAsync(stop);
        try
        {
            await Task.Run(() => Verify(proposal.Block), stop);
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    // Of views that may be voted in soon: the signed ones of all views to come would be without end.
    private bool IsOfItsLeader(Proposal proposal)
    {
        var header = proposal.Block.Header;
        var (view, current) = (header.View, state.Current.View);
        return header.Leader == committee.Leader(view)
            && view >= current && view.Number <= current.Number + (ulong)committee.Size
            && committee.Verifies(proposal.LeaderVote);
    }

    private bool IsFirst(Header header)
    {
        lock (_lock)
        {
            if (header.View <= _lookedAt[header.Leader]) return false;

            _lookedAt[header.Leader] = header.View;
            return true;
        }
    }

    // No honest leader proposes a statement that is wrongly signed, so behind one nothing is worth the time of the others who wait.
    private void Verify(Block block)
    {
        var ledger = state.Current.Tip.Ledger;
        foreach (var entry in block.Entries)
        {
            if (Envelope.TryRead(entry.Span, out var envelope) && ledger.Check(envelope) == LedgerRefusal.WrongSignature) return;
        }
    }
}
