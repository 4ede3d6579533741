using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.Simulation.Tests.World;

/// <summary>
/// What outlives a power failure: signing journal, final chain, artifacts. Everything is kept as the bytes that a host
/// would write, and read again by the core's own readers.
/// </summary>
internal sealed class Disk
{
    private readonly List<(byte Type, byte[] Body)> _journal = [];
    private readonly List<(byte[] Block, byte[]? Finalisation)> _chain = [];

    /// <summary>SHA-256 of the artifacts that were read back.</summary>
    public HashSet<Digest> Artifacts { get; } = [];

    public int Height => _chain.Count;

    public IEnumerable<JournalRecord> Journal => _journal.Select(frame =>
        JournalRecord.TryRead(frame.Type, frame.Body, out var record)
            ? record
            : throw new PropertyBrokenException("a journal cannot be read back"));

    /// <summary>A snapshot, as it is now.</summary>
    public Disk Copy()
    {
        var copy = new Disk();
        copy._journal.AddRange(_journal);
        copy._chain.AddRange(_chain);
        copy.Artifacts.UnionWith(Artifacts);
        return copy;
    }

    public void Append(JournalRecord record) => _journal.Add((record.Type, record.ToBody()));

    /// <summary>Puts the records that a restart still needs in the place of the whole journal.</summary>
    public void Compact(IEnumerable<JournalRecord> retained)
    {
        var kept = retained.ToList();
        _journal.Clear();
        kept.ForEach(Append);
    }

    public void Store(FinalBlock final) => _chain.Add((final.Block.ToBytes(), final.Finalisation?.ToBytes()));

    /// <summary>Executes the stored chain again.</summary>
    /// <param name="genesis">The ledger it begins with.</param>
    /// <param name="replayed">Is told each block.</param>
    public ChainTip Replay(LedgerState genesis, Action<FinalBlock> replayed)
    {
        var tip = ChainTip.Genesis(genesis);
        foreach (var (bytes, certificate) in _chain)
        {
            var (block, finalisation) = (ReadBlock(bytes), ReadCertificate(certificate));
            tip = tip.Replay(block, finalisation, out var executed);
            replayed(new FinalBlock(block, executed, finalisation));
        }

        return tip;
    }

    /// <summary>The answer to a chain request, as docs/protocol.md §11 has it.</summary>
    public IEnumerable<PeerMessage> Page(ulong afterHeight)
    {
        var page = _chain.Skip((int)afterHeight).Take(Bounds.ChainPage).ToList();
        int last = page.FindLastIndex(stored => stored.Finalisation is not null);
        if (last < 0) yield break;

        foreach (var (block, _) in page.Take(last + 1)) yield return new PeerMessage.GivesBlock(ReadBlock(block));
        yield return new PeerMessage.Certified(ReadCertificate(page[last].Finalisation)!);
    }

    private static Block ReadBlock(byte[] bytes) =>
        Block.TryRead(bytes, out var block)
            ? block
            : throw new PropertyBrokenException("a stored block cannot be read back");

    private static Certificate? ReadCertificate(byte[]? bytes) =>
        bytes is null ? null
        : Certificate.TryRead(bytes, out var certificate) ? certificate
        : throw new PropertyBrokenException("a stored certificate cannot be read back");
}
