using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;

namespace SupplyChain.Simulation.Tests.Oracles;

/// <summary>
/// What each honest node has on its disk: its votes, and what it may rest them on. Every vote is judged by the rules of
/// docs/protocol.md §11 at the moment it is written.
/// </summary>
internal sealed class CastVotes(Action<bool, string> require)
{
    private const long SkewSeconds = 10;

    private readonly HashSet<(byte Signer, VoteKind Kind, View View, Digest Block)> _votes = [];
    private readonly HashSet<(byte Signer, VoteKind Kind, View View)> _kinds = [];
    private readonly Dictionary<byte, HashSet<Digest>> _bodies = [];
    private readonly Dictionary<byte, HashSet<Digest>> _artifacts = [];

    // Blocks that a node knows to be certified, and views that it knows to be over, from its own disk.
    private readonly Dictionary<byte, HashSet<(View View, Digest Block)>> _certified = [];
    private readonly Dictionary<byte, HashSet<View>> _nullified = [];
    private readonly Dictionary<Digest, Block> _blocks = [];

    /// <summary>Whether the signer has this vote on its disk.</summary>
    public bool Has(Vote vote) => _votes.Contains((vote.Signer, vote.Kind, vote.View, vote.Block));

    public bool HasRead(byte node, IEnumerable<Digest> artifacts) => Of(_artifacts, node).IsSupersetOf(artifacts);

    public void OnArtifactRead(byte node, Digest artifact) => Of(_artifacts, node).Add(artifact);

    public void OnBlock(byte node, Block block)
    {
        Of(_bodies, node).Add(block.Hash);
        _blocks[block.Hash] = block;
    }

    public void OnLearned(byte node, Certificate certificate)
    {
        if (certificate.Kind == VoteKind.Nullify) Of(_nullified, node).Add(certificate.View);
        else Of(_certified, node).Add((certificate.View, certificate.Block));
    }

    public void OnDelivered(byte node, Block block) => Of(_certified, node).Add((block.Header.View, block.Hash));

    public void OnVote(byte node, Vote vote, DateTimeOffset clock)
    {
        require(vote.Signer == node, $"node {node} journals somebody else's vote");
        switch (vote.Kind)
        {
            case VoteKind.Notarize: Notarize(node, vote, clock); break;
            case VoteKind.Nullify:
                RequireEntered(node, vote.View);
                require(
                    !Cast(node, vote.View, VoteKind.Finalize),
                    $"node {node} nullifies {vote.View}, which it finalized");
                break;
            case VoteKind.Finalize:
                require(
                    !Cast(node, vote.View, VoteKind.Nullify),
                    $"node {node} finalizes {vote.View}, which it nullified");
                require(
                    Of(_certified, node).Contains((vote.View, vote.Block)),
                    $"node {node} finalizes in {vote.View} without the notarisation on its disk");
                break;
        }

        _votes.Add((node, vote.Kind, vote.View, vote.Block));
        _kinds.Add((node, vote.Kind, vote.View));
    }

    private void Notarize(byte node, Vote vote, DateTimeOffset clock)
    {
        var view = vote.View;
        RequireEntered(node, view);
        require(!Cast(node, view, VoteKind.Notarize), $"node {node} notarizes twice in {view}");
        require(!Cast(node, view, VoteKind.Nullify), $"node {node} notarizes in {view} after it nullified it");
        bool held = Of(_bodies, node).Contains(vote.Block);
        require(held, $"node {node} notarizes in {view} without the block on its disk");
        if (!held) return;

        var header = _blocks[vote.Block].Header;
        bool onGenesis = header.ParentView == View.Genesis;
        require(
            onGenesis || Of(_certified, node).Contains((header.ParentView, header.ParentHash)),
            $"node {node} notarizes in {view} on a parent that is not certified");
        for (var between = header.ParentView.Next; between < view; between = between.Next)
        {
            require(
                Of(_nullified, node).Contains(between),
                $"node {node} notarizes in {view} on {header.ParentView} although {between} may have a block");
        }

        require(
            header.Time <= clock.ToUnixTimeSeconds() + SkewSeconds, $"node {node} notarizes a block from the future");
        require(
            HasRead(node, _blocks[vote.Block].Entries.SelectMany(Publishers.ArtifactsOf)),
            $"node {node} notarizes in {view} without having read the artifacts back");
    }

    // Whoever votes in a view has on its disk what ended the one before.
    private void RequireEntered(byte node, View view) => require(
        view.Number == 1
        || Of(_nullified, node).Contains(view.Previous)
        || Of(_certified, node).Any(known => known.View == view.Previous),
        $"node {node} votes in {view} without what ended {view.Previous} on its disk");

    private bool Cast(byte node, View view, VoteKind kind) => _kinds.Contains((node, kind, view));

    private static HashSet<T> Of<T>(Dictionary<byte, HashSet<T>> byNode, byte node)
    {
        if (!byNode.TryGetValue(node, out var set)) byNode.Add(node, set = []);
        return set;
    }
}
