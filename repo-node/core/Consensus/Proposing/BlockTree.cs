using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus.Proposing;

/// <summary>
/// The blocks after the final chain's tip, and what executing them leads to. Only a block whose parent is certified is
/// ever executed, so a quorum found the parents' roots right before us.
/// </summary>
internal sealed class BlockTree(ChainTip tip)
{
    private readonly Dictionary<Digest, Block> _blocks = [];
    private readonly Dictionary<Digest, ExecutedBlock> _executed = [];
    private readonly HashSet<Digest> _catchUp = [];
    private long _catchUpBytes;

    /// <summary>The newest block that was delivered.</summary>
    public ChainTip Tip { get; private set; } = tip;

    public Block? Find(Digest hash) => _blocks.GetValueOrDefault(hash);

    public void Add(Block block)
    {
        if (block.Header.View > Tip.Header.View) _blocks.TryAdd(block.Hash, block);
    }

    /// <summary>
    /// Takes a block of a peer's answer to a chain request; a finalisation will tell whether it is one of ours.
    /// </summary>
    public void AddCatchUp(Block block)
    {
        int bytes = block.Entries.Sum(entry => entry.Length);
        if (_catchUp.Count >= Bounds.MaxCatchUpBlocks || _catchUpBytes + bytes > Bounds.MaxCatchUpBytes) return;
        if (!_catchUp.Add(block.Hash)) return;

        _catchUpBytes += bytes;
        Add(block);
    }

    /// <summary>A new chain request begins: what an earlier peer sent for one may have been lies.</summary>
    public void ForgetCatchUp(Func<Block, bool> keep)
    {
        foreach (var hash in _catchUp)
        {
            if (Find(hash) is { } block && !keep(block)) Remove(hash);
        }

        _catchUp.Clear();
        _catchUpBytes = 0;
    }

    /// <summary>
    /// The header and ledger after a certified block, or null and the hash of the body that is missing for it.
    /// </summary>
    public (Header Header, LedgerState Ledger)? After(Digest certified, out Digest missing)
    {
        var path = Path(certified, out missing);
        if (path is null) return null;

        var (header, ledger) = (Tip.Header, Tip.Ledger);
        foreach (var block in path) (header, ledger) = (block.Header, Execute(ledger, block).After);
        return (header, ledger);
    }

    /// <summary>
    /// Executes a proposal on its parent's ledger, which nobody has vouched for yet.
    /// </summary>
    /// <returns>The refusal, or null when the roots are as the header says.</returns>
    public ProposalRefusal? TryExecute(LedgerState parent, Block block, out ExecutedBlock? executed)
    {
        if (_executed.TryGetValue(block.Hash, out executed)) return null;
        if (!parent.TryExecute(block.Entries, block.Header.Time, block.Header.Height, out executed, out _))
            return ProposalRefusal.InvalidEntry;
        if (!executed.Matches(block.Header)) return ProposalRefusal.WrongRoots;

        _executed.Add(block.Hash, executed);
        return null;
    }

    /// <summary>Moves the tip to a final block, if all bodies up to it are here.</summary>
    /// <returns>The blocks that became final, oldest first; none while a body is missing.</returns>
    public IReadOnlyList<FinalBlock> Finalise(Certificate finalisation)
    {
        var path = Path(finalisation.Block, out _);
        if (path is null) return [];

        var delivered = new List<FinalBlock>();
        foreach (var block in path)
        {
            var executed = Execute(Tip.Ledger, block);
            var certificate = block.Hash == finalisation.Block ? finalisation : null;
            delivered.Add(new FinalBlock(block, executed, certificate));
            Tip = new ChainTip(block.Header, certificate, executed.After);
        }

        Forget(block => block.Header.View > Tip.Header.View);
        return delivered;
    }

    /// <summary>Forgets the blocks that are neither to be kept nor ancestors of one that is.</summary>
    public void Forget(Func<Block, bool> keep)
    {
        var kept = new HashSet<Digest>();
        foreach (var root in _blocks.Values.Where(keep))
        {
            for (var block = root; block is not null && kept.Add(block.Hash);) block = Find(block.Header.ParentHash);
        }

        foreach (var hash in _blocks.Keys.Where(hash => !kept.Contains(hash)).ToList()) Remove(hash);
    }

    /// <summary>The blocks after the tip that lead to this one, oldest first; null when one is missing.</summary>
    private Stack<Block>? Path(Digest last, out Digest missing)
    {
        missing = default;
        var path = new Stack<Block>();
        for (var hash = last; hash != Tip.Header.Hash; hash = path.Peek().Header.ParentHash)
        {
            if (Find(hash) is not { } block)
            {
                missing = hash;
                return null;
            }

            Invariant.Holds(block.Header.Height > Tip.Header.Height, "certified blocks descend from the final chain");
            path.Push(block);
        }

        return path;
    }

    private ExecutedBlock Execute(LedgerState parent, Block block)
    {
        var refusal = TryExecute(parent, block, out var executed);
        Invariant.Holds(
            refusal is null && executed is not null, "a certified block leads to the roots a quorum computed");
        return executed;
    }

    private void Remove(Digest hash)
    {
        _blocks.Remove(hash);
        _executed.Remove(hash);
        if (_catchUp.Count > 0) _catchUp.Remove(hash);
    }
}
