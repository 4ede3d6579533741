using System.Collections.Immutable;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Ledger;

/// <summary>What a block does to the ledger.</summary>
/// <param name="After">The ledger after it.</param>
/// <param name="Entries">The new log entries in order, the state leaf last; none for a block without entries.</param>
/// <param name="Releases">The releases among them, whose artifacts the node must hold.</param>
public sealed record ExecutedBlock(
    LedgerState After, ImmutableArray<ReadOnlyMemory<byte>> Entries, ImmutableArray<Release> Releases)
{
    /// <summary>The artifacts of all its releases.</summary>
    public IEnumerable<Artifact> Artifacts => Releases.SelectMany(release => release.Artifacts);

    /// <summary>Whether the header names the roots that execution led to.</summary>
    public bool Matches(Header header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return header.LogSize == After.Size && header.LogRoot == After.LogRoot && header.MapRoot == After.MapRoot;
    }
}
