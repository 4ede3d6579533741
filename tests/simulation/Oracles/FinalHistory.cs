using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.Oracles;

/// <summary>
/// The one final chain: all honest nodes deliver the same blocks, and what these lead to is computed again on a log and
/// a map of the oracle's own.
/// </summary>
internal sealed class FinalHistory(TestNetwork network, Action<bool, string> require)
{
    private static readonly HashSet<string> Published =
        [.. Publishers.Chain.Concat(Publishers.Rivals).Select(entry => Convert.ToHexString(entry.ToBytes()))];

    private readonly List<Header> _chain = [];
    private readonly TestLog _log = new(network);
    private readonly HashSet<Digest> _ordered = [];
    private readonly Dictionary<ulong, (Digest Root, Digest[] Artifacts)> _checkpoints = [];
    private Release? _release;
    private Promotion? _promotion;

    public int Nodes => network.Nodes.Count;

    public int Blocks => _chain.Count;

    /// <summary>The root of the log at a checkpoint's size, or null when no block ends there.</summary>
    public Digest? RootAt(ulong size) =>
        size == 2 ? _log.CheckpointAt(new(2)).Root
        : _checkpoints.TryGetValue(size, out var checkpoint) ? checkpoint.Root
        : null;

    /// <summary>SHA-256 of the artifacts released up to that size.</summary>
    public IEnumerable<Digest> ArtifactsUpTo(ulong size) =>
        _checkpoints.Where(checkpoint => checkpoint.Key <= size).SelectMany(checkpoint => checkpoint.Value.Artifacts);

    public void OnDelivered(byte node, int position, Block block)
    {
        var header = block.Header;
        require(
            header.Height == (ulong)position + 1,
            $"node {node} delivers height {header.Height} after {position} blocks");
        if (position < _chain.Count)
        {
            require(_chain[position].Hash == block.Hash, $"node {node} has another block at height {header.Height}");
            return;
        }

        // Reached only when a fork was complained of, and the run goes on all the same.
        if (position > _chain.Count) return;
        if (position > 0)
        {
            var parent = _chain[position - 1];
            bool follows = header.ParentHash == parent.Hash && header.View > parent.View;
            require(follows, $"height {header.Height}, final at node {node}, has another parent than the final one");
            if (!follows) return;

            require(header.Time >= parent.Time, "time goes backwards along the final chain");
        }

        _chain.Add(header);
        foreach (var entry in block.Entries) Order(entry);
        if (!block.Entries.IsEmpty) Seal(block);

        require(_log.Map.Root == header.MapRoot, $"height {header.Height} has another map than recomputed");
        require(_log.Checkpoint.Root == header.LogRoot, $"height {header.Height} has another log than recomputed");
        require(_log.Size.Value == header.LogSize, $"height {header.Height} has another size than recomputed");
    }

    private void Seal(Block block)
    {
        var sealing = _log.Seal(block.Header.Time, block.Header.Height);
        _checkpoints[sealing.Size.Value] = (sealing.Root, [.. block.Entries.SelectMany(Publishers.ArtifactsOf)]);
    }

    private void Order(ReadOnlyMemory<byte> entry)
    {
        require(Published.Contains(Convert.ToHexString(entry.Span)), "a final entry was published by nobody");
        bool read = Envelope.TryRead(entry.Span, out var envelope);
        bool known = read && Statement.TryRead(envelope!, out _);
        require(known, "a final entry is no statement");
        if (!known) return;

        Statement.TryRead(envelope!, out var statement);
        require(_ordered.Add(envelope!.Id), $"{envelope.Id} is in the log twice");
        require(Follows(statement!), $"{statement!.GetType().Name} {envelope.Id} does not follow what is in the log");
        _log.Accept(statement!, envelope);
    }

    /// <summary>The rules of the statements' own chains, as docs/protocol.md §3 has them.</summary>
    private bool Follows(Statement statement)
    {
        switch (statement)
        {
            case Release release:
                bool isNext = release.Sequence == (_release?.Sequence ?? 0) + 1
                    && (_release is null || release.Previous == _release.Id());
                _release = release;
                return isNext;
            case Promotion promotion:
                bool follows = _ordered.Contains(promotion.Release)
                    && (_promotion is null || promotion.Previous == _promotion.Id());
                _promotion = promotion;
                return follows;
            case Revocation revocation: return _ordered.Contains(revocation.Release);
            default: return false;
        }
    }
}
