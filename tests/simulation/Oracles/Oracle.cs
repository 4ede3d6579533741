using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Simulation.Tests.World;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.Oracles;

/// <summary>
/// Sees everything and knows what must hold, written apart from the core: it keeps its own tables of votes,
/// certificates and checkpoints, and its own log and map. It holds the honest to every rule, and liars to nothing.
/// </summary>
internal sealed class Oracle
{
    private readonly Action<string> _complain;
    private readonly HashSet<byte> _honest = [];
    private readonly CastVotes _votes;
    private readonly Certificates _certificates;
    private readonly FinalHistory _history;
    private readonly CertifiedHistory _checkpoints;

    /// <param name="network">The nodes and their keys.</param>
    /// <param name="complain">Is told what is broken; a run that is to end there throws.</param>
    public Oracle(TestNetwork network, Action<string> complain)
    {
        _complain = complain;
        _history = new FinalHistory(network, Require);
        _votes = new CastVotes(Require);
        _certificates = new Certificates(network.Nodes.Count, _honest, _votes, Require);
        _checkpoints = new CertifiedHistory(network, _honest, _history, _votes, Require);
        Accusations = new Accusations(network);
    }

    /// <summary>What everybody's messages prove against their senders.</summary>
    public Accusations Accusations { get; }

    /// <summary>Blocks of the one final chain, as far as any honest node has it.</summary>
    public int FinalBlocks => _history.Blocks;

    public void Trust(IEnumerable<byte> honest) => _honest.UnionWith(honest);

    /// <summary>A record is on an honest node's disk, by its own clock at this time.</summary>
    public void OnDurable(byte node, JournalRecord record, DateTimeOffset clock)
    {
        switch (record)
        {
            case JournalRecord.OwnVote(var vote):
                _votes.OnVote(node, vote, clock);
                RequireLeadersBlock(node, vote);
                break;
            case JournalRecord.Learned(var certificate):
                _certificates.OnSeen(certificate);
                _votes.OnLearned(node, certificate);
                break;
            case JournalRecord.VotedBlock(var block): _votes.OnBlock(node, block); break;
            case JournalRecord.CosignedCheckpoint checkpoint: _checkpoints.OnCosigned(node, checkpoint); break;
        }
    }

    /// <summary>An honest node has read an artifact back.</summary>
    public void OnArtifactRead(byte node, Digest artifact) => _votes.OnArtifactRead(node, artifact);

    /// <summary>An honest node says something.</summary>
    public void OnSent(byte node, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Voted(var vote): RequireDurable(node, vote); break;
            case PeerMessage.Proposed(var proposal): RequireDurable(node, proposal.LeaderVote); break;
            case PeerMessage.Certified(var certificate): _certificates.OnSeen(certificate); break;
            case PeerMessage.Cosigned(var cosignature): _checkpoints.OnSent(node, cosignature); break;
        }
    }

    /// <summary>Anybody says something.</summary>
    public void OnSaid(PeerMessage message) => Accusations.Hear(message);

    /// <summary>An honest node stores its next final block.</summary>
    public void OnDelivered(byte node, int position, FinalBlock final)
    {
        _history.OnDelivered(node, position, final.Block);
        _votes.OnDelivered(node, final.Block);
        if (final.Finalisation is not { } finalisation) return;

        _certificates.OnSeen(finalisation);
        Require(
            finalisation.Kind == VoteKind.Finalize && finalisation.Block == final.Block.Hash,
            $"node {node} delivers height {final.Block.Header.Height} with another block's certificate");
    }

    /// <summary>An honest node holds a checkpoint for certified.</summary>
    public void OnCertified(byte node, CertifiedCheckpoint certified) => _checkpoints.OnCertified(node, certified);

    public void OnHalted(byte node) =>
        Require(false, $"node {node} saw two certificates that contradict each other");

    /// <summary>At the end of a run: whom the messages convict.</summary>
    public void RequireNobodyHonestIsAccused()
    {
        foreach (byte culprit in Accusations.Culprits())
            Require(!_honest.Contains(culprit), $"honest node {culprit} is convicted by what it said");
    }

    public void Require(bool holds, string broken)
    {
        if (!holds) _complain(broken);
    }

    private void RequireDurable(byte node, Vote vote) => Require(
        vote.Signer == node && _votes.Has(vote),
        $"node {node} sent a vote that is not on its disk: {vote.Kind} in {vote.View}");

    // Nobody puts words into an honest leader's mouth.
    private void RequireLeadersBlock(byte node, Vote vote)
    {
        byte leader = (byte)((vote.View.Number - 1) % (ulong)_history.Nodes);
        if (vote.Kind != VoteKind.Notarize || !_honest.Contains(leader)) return;

        Require(
            _votes.Has(vote with { Signer = leader }),
            $"node {node} notarizes in {vote.View} what its leader, node {leader}, never proposed");
    }
}
