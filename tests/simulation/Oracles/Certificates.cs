using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;

namespace SupplyChain.Simulation.Tests.Oracles;

/// <summary>
/// Every certificate that an honest node believes: its honest signers really voted so, and no two of them contradict
/// each other.
/// </summary>
internal sealed class Certificates(
    int nodes, IReadOnlySet<byte> honest, CastVotes votes, Action<bool, string> require)
{
    private readonly Dictionary<View, Digest> _notarised = [];
    private readonly Dictionary<View, Digest> _final = [];
    private readonly HashSet<View> _nullified = [];

    public void OnSeen(Certificate certificate)
    {
        var (kind, view, block) = (certificate.Kind, certificate.View, certificate.Block);
        int signers = certificate.Signatures.Select(part => part.Signer).Distinct().Count(signer => signer < nodes);
        int quorum = nodes - (nodes - 1) / 3;
        require(
            signers == quorum && certificate.Signatures.Length == quorum, $"a certificate in {view} has no quorum");
        foreach (var vote in certificate.Votes().Where(vote => honest.Contains(vote.Signer)))
            require(votes.Has(vote), $"node {vote.Signer} never cast the {kind} in a certificate of {view}");

        if (kind == VoteKind.Nullify) _nullified.Add(view);
        else RequireOne(kind == VoteKind.Notarize ? _notarised : _final, view, block);

        require(!_nullified.Contains(view) || !_final.ContainsKey(view), $"{view} is both final and nullified");
        require(
            !_notarised.TryGetValue(view, out var notarised) || !_final.TryGetValue(view, out var final)
            || notarised == final,
            $"one block is notarised in {view}, another is final");
    }

    private void RequireOne(Dictionary<View, Digest> blocks, View view, Digest block) =>
        require(blocks.TryAdd(view, block) || blocks[view] == block, $"{view} has two certified blocks");
}
