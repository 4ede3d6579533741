using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.RepoNode.Core.Attestation;

/// <summary>
/// Which roots beside the own log were reported: each is once, and of one node only the first few. A liar can sign roots
/// without end, and an operator has understood after some.
/// </summary>
internal sealed class ForkReports
{
    private const int PerNode = 8;

    private readonly HashSet<(byte Node, ulong Size, Digest Root)> _reported = [];

    /// <summary>True when this is to be reported; it counts as reported then.</summary>
    public bool IsNews(CosignatureGossip forked) =>
        _reported.Count(known => known.Node == forked.Node) < PerNode
        && _reported.Add((forked.Node, forked.Size, forked.Root));
}
