using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests;

/// <summary>
/// Sees everything and knows what must hold, written apart from the core: it keeps its own tables of votes and
/// certificates, and its own log and map.
/// </summary>
internal sealed class Oracle(int nodes, Func<byte, bool> isHonest)
{
    private readonly HashSet<(byte Signer, VoteKind Kind, View View, Digest Block)> _durable = [];
    private readonly Dictionary<View, Digest> _notarised = [];
    private readonly Dictionary<View, Digest> _finalised = [];
    private readonly HashSet<View> _nullified = [];
    private readonly List<Digest> _chain = [];
    private readonly HashSet<Digest> _submissions = [];
    private readonly TestLog _log = new(Statements.Network);
    private readonly View[] _newestFinalisation = new View[nodes];

    /// <summary>Blocks of the one final chain, as far as any honest node has it.</summary>
    public IReadOnlyList<Digest> Chain => _chain;

    public bool AnyHalted { get; private set; }

    /// <summary>A record is on an honest node's disk.</summary>
    public void OnDurable(byte node, JournalRecord record)
    {
        if (record is JournalRecord.OwnVote(var vote)) OnVote(node, vote);
        if (record is JournalRecord.Learned(var certificate)) OnCertificate(node, certificate);
    }

    /// <summary>An honest node says something.</summary>
    public void OnSend(byte node, PeerMessage message)
    {
        var vote = message switch
        {
            PeerMessage.Voted(var single) => single,
            PeerMessage.Proposed(var proposal) => proposal.LeaderVote,
            _ => null,
        };
        if (vote is null) return;

        Require(
            _durable.Contains(Key(vote)),
            $"node {node} sent a vote that is not on its disk: {vote.Kind} in {vote.View}");
    }

    /// <summary>An honest node stores its next final block.</summary>
    public void OnDeliver(byte node, int position, FinalBlock final)
    {
        var header = final.Block.Header;
        Require(
            header.Height == (ulong)position + 1,
            $"node {node} delivers height {header.Height} after {position} blocks");
        if (position < _chain.Count)
        {
            Require(_chain[position] == final.Block.Hash, $"node {node} has another block at height {header.Height}");
            return;
        }

        Require(
            position == 0 || header.ParentHash == _chain[position - 1], "a final block follows another parent");
        _chain.Add(final.Block.Hash);
        Recompute(final.Block);
    }

    public void OnHalt(byte node)
    {
        AnyHalted = true;
        Require(false, $"node {node} saw two certificates that contradict each other");
    }

    private void OnVote(byte node, Vote vote)
    {
        Require(vote.Signer == node, $"node {node} journals somebody else's vote");
        bool Voted(VoteKind kind) =>
            _durable.Any(key => key.Signer == node && key.View == vote.View && key.Kind == kind);

        if (vote.Kind == VoteKind.Notarize)
        {
            Require(!Voted(VoteKind.Notarize), $"node {node} notarizes twice in {vote.View}");
            Require(!Voted(VoteKind.Nullify), $"node {node} notarizes after it nullified {vote.View}");
        }

        if (vote.Kind == VoteKind.Nullify)
            Require(!Voted(VoteKind.Finalize), $"node {node} nullifies the finalized {vote.View}");
        if (vote.Kind == VoteKind.Finalize)
        {
            Require(!Voted(VoteKind.Nullify), $"node {node} finalizes the nullified {vote.View}");
            Require(
                _notarised.GetValueOrDefault(vote.View) == vote.Block, $"node {node} finalizes what is not notarised");
        }

        _durable.Add(Key(vote));
    }

    private void OnCertificate(byte node, Certificate certificate)
    {
        int signers = certificate.Signatures.Select(part => part.Signer).Distinct().Count();
        Require(signers == certificate.Signatures.Length, "a signer counts twice");
        Require(signers == Statements.Network.Root.Quorum.Required, "a certificate without a quorum");
        foreach (var vote in certificate.Votes().Where(vote => isHonest(vote.Signer)))
        {
            Require(
                _durable.Contains(Key(vote)),
                $"node {vote.Signer} never cast a vote in the certificate of {certificate.View}");
        }

        var view = certificate.View;
        switch (certificate.Kind)
        {
            case VoteKind.Notarize:
                Require(
                    _notarised.TryAdd(view, certificate.Block) || _notarised[view] == certificate.Block,
                    $"two notarised blocks in {view}");
                break;
            case VoteKind.Nullify:
                _nullified.Add(view);
                Require(!_finalised.ContainsKey(view), $"{view} is finalised and nullified");
                break;
            case VoteKind.Finalize:
                Require(
                    _finalised.TryAdd(view, certificate.Block) || _finalised[view] == certificate.Block,
                    $"two final blocks in {view}");
                Require(!_nullified.Contains(view), $"{view} is nullified and finalised");
                Require(view > _newestFinalisation[node], $"node {node}'s last final view does not grow");
                _newestFinalisation[node] = view;
                break;
        }
    }

    /// <summary>Appends the block to the oracle's own log, and compares the roots with the header's.</summary>
    private void Recompute(Block block)
    {
        foreach (var entry in block.Entries)
        {
            bool read = Envelope.TryRead(entry.Span, out var envelope);
            Require(read, "a final entry is no envelope");
            Require(_submissions.Add(envelope!.Id), $"{envelope.Id} is in the log twice");
            bool known = Statement.TryRead(envelope, out var statement);
            Require(known, "a final entry is no statement");
            _log.Accept(statement!, envelope);
        }

        if (!block.Entries.IsEmpty) _log.Seal(block.Header.Time, block.Header.Height);
        Require(_log.Map.Root == block.Header.MapRoot, $"height {block.Header.Height} has another map than recomputed");
        Require(
            _log.Checkpoint.Root == block.Header.LogRoot,
            $"height {block.Header.Height} has another log than recomputed");
        Require(
            _log.Size.Value == block.Header.LogSize,
            $"height {block.Header.Height} has another size than recomputed");
    }

    private static (byte, VoteKind, View, Digest) Key(Vote vote) => (vote.Signer, vote.Kind, vote.View, vote.Block);

    private static void Require(bool holds, string broken)
    {
        if (!holds) throw new PropertyBrokenException(broken);
    }
}

/// <summary>Something that must hold did not.</summary>
internal sealed class PropertyBrokenException(string what) : Exception(what);
