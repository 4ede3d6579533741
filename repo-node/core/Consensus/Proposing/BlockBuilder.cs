using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus.Proposing;

/// <summary>
/// Makes a leader's block: the entries, executed on the parent, under a header that says what they lead to.
/// </summary>
internal static class BlockBuilder
{
    /// <param name="committee">Whose leader of the view proposes.</param>
    /// <param name="view">The proposal's view.</param>
    /// <param name="parent">The parent's header.</param>
    /// <param name="ledger">The ledger after the parent.</param>
    /// <param name="entries">Valid on it in this order.</param>
    /// <param name="wallClock">The leader's; the block's time is never before its parent's.</param>
    public static Block Build(
        Committee committee, View view, Header parent, LedgerState ledger,
        ImmutableArray<ReadOnlyMemory<byte>> entries, DateTimeOffset wallClock)
    {
        ulong height = parent.Height + 1;
        long time = Math.Max(wallClock.ToUnixTimeSeconds(), parent.Time);
        bool valid = ledger.TryExecute(entries, time, height, out var executed, out _);
        Invariant.Holds(valid && executed is not null, "a leader proposes what it found valid");

        var header = new Header(
            committee.Epoch, view, height, parent.View, parent.Hash, time, committee.Leader(view),
            Block.RootOf(entries), executed.After.Size, executed.After.LogRoot, executed.After.MapRoot);
        bool fits = Block.TryCreate(header, entries, out var block);
        Invariant.Holds(fits && block is not null, "a leader's block is within its bounds");
        return block;
    }
}
