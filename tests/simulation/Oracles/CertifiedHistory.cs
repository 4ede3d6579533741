using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.Oracles;

/// <summary>
/// What agents see: cosigned and certified checkpoints. Each is a prefix of the one history, was on the cosigner's disk
/// before it left, and stands for artifacts that the cosigner holds.
/// </summary>
internal sealed class CertifiedHistory(
    TestNetwork network, IReadOnlySet<byte> honest, FinalHistory history, CastVotes disks, Action<bool, string> require)
{
    private readonly HashSet<(byte Node, ulong Size, Digest Root, long Time)> _durable = [];
    private readonly Dictionary<byte, JournalRecord.CosignedCheckpoint> _last = [];
    private readonly Dictionary<byte, ulong> _certified = [];

    /// <summary>A checkpoint is on an honest node's disk, to be cosigned.</summary>
    public void OnCosigned(byte node, JournalRecord.CosignedCheckpoint record)
    {
        require(history.RootAt(record.Size) == record.Root, $"node {node} cosigns what is no prefix of the history");
        require(
            disks.HasRead(node, history.ArtifactsUpTo(record.Size)),
            $"node {node} cosigns size {record.Size} without having read the artifacts back");
        if (_last.TryGetValue(node, out var last))
        {
            require(record.Size >= last.Size, $"node {node} cosigns size {record.Size} after size {last.Size}");
            require(record.Time >= last.Time, $"node {node} cosigns at an earlier time than before");
        }

        _last[node] = record;
        _durable.Add((node, record.Size, record.Root, record.Time));
    }

    /// <summary>An honest node sends a cosignature, its own or one it was told.</summary>
    public void OnSent(byte node, CosignatureGossip cosignature)
    {
        if (!honest.Contains(cosignature.Node)) return;

        var (size, root, time) = (cosignature.Size, cosignature.Root, cosignature.Time);
        require(
            _durable.Contains((cosignature.Node, size, root, time)),
            $"node {node} passes on a cosignature on size {size} that node {cosignature.Node} has not on its disk");
    }

    /// <summary>An honest node would serve this checkpoint.</summary>
    public void OnCertified(byte node, CertifiedCheckpoint certified)
    {
        if (_certified.GetValueOrDefault(node) == certified.Size) return;

        _certified[node] = certified.Size;
        int required = network.Nodes.Count - (network.Nodes.Count - 1) / 3;
        require(
            certified.Signers.Distinct().Count() >= required,
            $"node {node} holds size {certified.Size} for certified without a quorum");
        require(
            history.RootAt(certified.Size) == certified.Root,
            $"node {node} certifies what is no prefix of the history");
        foreach (var signer in network.Nodes.Where(signer => certified.Signers.Contains(signer.Name)))
        {
            byte index = (byte)signer.Index;
            require(
                !honest.Contains(index) || HasCosigned(index, certified.Size, certified.Root),
                $"node {index} never cosigned size {certified.Size}, which node {node} holds for certified");
        }
    }

    private bool HasCosigned(byte node, ulong size, Digest root) =>
        _durable.Any(known => (known.Node, known.Size, known.Root) == (node, size, root));
}
