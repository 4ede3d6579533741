using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// A block that is final and was executed here. <paramref name="Finalisation"/> is null when a descendant's covers it.
/// </summary>
public sealed record FinalBlock(Block Block, ExecutedBlock Executed, Certificate? Finalisation);

/// <summary>The newest final block with the ledger after it: where a restored replica begins.</summary>
public sealed record ChainTip(Header Header, Certificate? Finalisation, LedgerState Ledger)
{
    /// <summary>The header of epoch 1's genesis (docs/protocol.md §11).</summary>
    public static ChainTip Genesis(LedgerState genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        var header = new Header(
            Epoch: 1, View.Genesis, Height: 0, View.Genesis, ParentHash: default, genesis.TrustRoot.Created, Leader: 0,
            Block.RootOf([]), genesis.Size, genesis.LogRoot, genesis.MapRoot);
        return new ChainTip(header, null, genesis);
    }

    /// <summary>
    /// Executes the next block of the node's own stored chain. It was checked when it was delivered, so signatures are
    /// not verified again; the roots are.
    /// </summary>
    /// <exception cref="InvariantBrokenException">The stored chain is not the one that was delivered.</exception>
    public ChainTip Replay(Block block, Certificate? finalisation, out ExecutedBlock executed)
    {
        ArgumentNullException.ThrowIfNull(block);
        Invariant.Holds(block.Header.ParentHash == Header.Hash, "a stored block follows the one before it");
        Invariant.Holds(block.Header.Height == Header.Height + 1, "stored heights have no gaps");
        executed = Ledger.Replay(block.Entries, block.Header.Time, block.Header.Height);
        Invariant.Holds(executed.Matches(block.Header), "a stored block leads to the roots in its header");
        return new ChainTip(block.Header, finalisation, executed.After);
    }
}
