using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// The final blocks on this node's disk, and the ledger they lead to. Tiles are written before the block is stored:
/// what the database knows, the tiles have.
/// </summary>
internal sealed class FinalChain
{
    private const int PageSize = Bounds.ChainPage;

    private readonly NodeDatabase _database;
    private readonly TileStore _tiles;

    // Ledgers from the newest certified one on: each may be the next that requests are answered from.
    private readonly SortedDictionary<ulong, LedgerState> _bySize = [];

    public FinalChain(FirstRoot root, NodeDatabase database, TileStore tiles)
    {
        _database = database;
        _tiles = tiles;

        var genesis = LedgerState.Genesis(root.Root, root.Envelope, new RoleSignatures(Bounds.RememberedSignatures));
        tiles.Append(TreeSize.Zero, genesis.Entries);
        Tip = ChainTip.Genesis(genesis.After);
        _bySize[genesis.After.Size] = genesis.After;
    }

    /// <summary>The newest final block and the ledger after it.</summary>
    public ChainTip Tip { get; private set; }

    /// <summary>
    /// The ledger after the final block that made the log this long; null when that is not known any more.
    /// </summary>
    public LedgerState? LedgerOf(ulong size) => _bySize.GetValueOrDefault(size);

    /// <summary>Executes the stored blocks again, and hands each to <paramref name="replayed"/>.</summary>
    /// <exception cref="InvariantBrokenException">The stored chain is not the one that was delivered.</exception>
    public void Restore(Action<FinalBlock> replayed)
    {
        foreach (var stored in BlocksAfter(0)) replayed(Replay(stored));
    }

    /// <summary>Stores the next final block. When it returns, block and tiles are on the disk.</summary>
    public void Append(FinalBlock final)
    {
        Invariant.Holds(final.Block.Header.Height == Tip.Header.Height + 1, "final blocks come in their order");
        if (!final.Executed.Entries.IsEmpty) _tiles.Append(new TreeSize(Tip.Ledger.Size), final.Executed.Entries);

        var stored = new StoredBlock(final.Block.Header.Height, final.Block.ToBytes(), final.Finalisation?.ToBytes());
        _database.AddBlock(stored);
        Advance(new ChainTip(final.Block.Header, final.Finalisation, final.Executed.After));
    }

    /// <summary>Forgets ledgers before this size.</summary>
    public void ForgetBefore(ulong size)
    {
        foreach (ulong old in _bySize.Keys.TakeWhile(known => known < size).ToList()) _bySize.Remove(old);
    }

    /// <summary>
    /// The messages that answer a chain request: stored blocks up to the page's bounds, but at least up to the first
    /// with a finalisation, and then the newest finalisation among them.
    /// </summary>
    public IEnumerable<(byte Type, byte[] Body)> PageAfter(ulong height)
    {
        byte[]? finalisation = null;
        int count = 0, bytes = 0;
        foreach (var stored in BlocksAfter(height))
        {
            yield return (6, stored.Block);
            finalisation = stored.Finalisation ?? finalisation;
            count++;
            bytes += stored.Block.Length;
            if (finalisation is not null && (count >= PageSize || bytes > Bounds.ChainPageBytes)) break;
        }

        if (finalisation is not null) yield return (3, finalisation);
    }

    private IEnumerable<StoredBlock> BlocksAfter(ulong height)
    {
        while (_database.BlocksAfter(height, PageSize) is { Count: > 0 } page)
        {
            foreach (var stored in page) yield return stored;
            height = page[^1].Height;
        }
    }

    private FinalBlock Replay(StoredBlock stored)
    {
        Invariant.Holds(Block.TryRead(stored.Block, out var block), "a stored block can be read");
        Certificate? finalisation = null;
        bool sound = stored.Finalisation is null || Certificate.TryRead(stored.Finalisation, out finalisation);
        Invariant.Holds(sound, "a stored certificate can be read");

        Advance(Tip.Replay(block, finalisation, out var executed));
        return new FinalBlock(block, executed, finalisation);
    }

    private void Advance(ChainTip tip)
    {
        Tip = tip;
        _bySize[tip.Ledger.Size] = tip.Ledger;
    }
}
