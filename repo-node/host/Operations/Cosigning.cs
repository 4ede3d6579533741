using SupplyChain.Protocol;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.RepoNode.Core.Attestation;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Operations.Intake;
using SupplyChain.RepoNode.Peers;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// Carries out what the core's <see cref="Cosigner"/> decides: a checkpoint goes into the signing journal, then it is
/// signed, then everybody hears of it (docs/protocol.md §4). Gathers everybody's cosignatures into the note that is
/// served.
/// </summary>
internal sealed class Cosigning
{
    // The first: rotations do not change nodes.
    private readonly TrustRoot _root;
    private readonly int _self;
    private readonly NodeKeys _keys;
    private readonly FinalChain _chain;
    private readonly RootUpdates _updates;
    private readonly SigningJournal _journal;
    private readonly NodeDatabase _database;
    private readonly EvidenceStore _evidence;
    private readonly TileStore _tiles;
    private readonly PeerNetwork _network;
    private readonly HostClocks _clocks;
    private readonly ClockWatch _watch;
    private readonly ILogger<Cosigning> _log;

    private readonly Cosigner _cosigner;
    private readonly Cosignatures _cosignatures;
    private readonly Dictionary<Digest, Artifact> _unread = [];
    private readonly HashSet<byte> _ahead = [];

    // The last parameter is the last checkpoint in the signing journal.
    public Cosigning(
        FirstRoot root, PeerSet peers, NodeKeys keys, FinalChain chain, RootUpdates updates, SigningJournal journal,
        NodeDatabase database, EvidenceStore evidence, TileStore tiles, PeerNetwork network, HostClocks clocks,
        ClockWatch watch, ILogger<Cosigning> log, JournalRecord.CosignedCheckpoint? last)
    {
        _root = root.Root;
        _self = peers.Self;
        _keys = keys;
        _chain = chain;
        _updates = updates;
        _journal = journal;
        _database = database;
        _evidence = evidence;
        _tiles = tiles;
        _network = network;
        _clocks = clocks;
        _watch = watch;
        _log = log;
        _cosigner = new Cosigner(_root.Freshness.AttestEvery, last);
        _cosignatures = new Cosignatures(_root);
        foreach (var conviction in evidence.All) _cosignatures.Accusations.Close((byte)conviction.Node);

        var genesis = chain.Tip.Ledger;
        Extend(new Attestable(genesis.Size, genesis.LogRoot, []));
    }

    /// <summary>What is served; null before the first time.</summary>
    public CertifiedState? Certified { get; private set; }

    /// <summary>The last checkpoint in the signing journal; null before the first.</summary>
    public JournalRecord.CosignedCheckpoint? Cosigned => _cosigner.Last;

    /// <summary>Artifacts of final releases that this node has not read back yet, and must before it cosigns.</summary>
    public IReadOnlyList<Artifact> Missing => [.. _cosigner.Missing.Select(digest => _unread[digest])];

    /// <summary>Every peer's newest cosignature, for one that may have missed them.</summary>
    public IEnumerable<PeerMessage> Newest =>
        _cosignatures.Newest.Select(cosignature => new PeerMessage.Cosigned(cosignature));

    /// <summary>The next block of the final chain, which is on the disk.</summary>
    public void Extend(FinalBlock final)
    {
        if (Attestable.Of(final) is not { } candidate) return;

        _cosigner.AttestEvery = final.Executed.After.TrustRoot.Freshness.AttestEvery;

        if (candidate.Size > (_cosigner.Last?.Size ?? 0))
        {
            foreach (var artifact in final.Executed.Artifacts) _unread[artifact.Sha256] = artifact;
        }

        Extend(candidate);
    }

    /// <summary>Takes up the note that was served when the node stopped.</summary>
    public void Resume(ReadOnlySpan<byte> note)
    {
        Invariant.Holds(SignedNote.TryParse(note, out var signed), "the stored checkpoint is a note");
        Invariant.Holds(Checkpoint.TryParse(signed.Text, out var checkpoint), "the stored note is a checkpoint");
        foreach (var signature in signed.Signatures)
        {
            int node = _root.IndexOf(signature.Name);
            if (node < 0 || !Cosignature.TryRead(signature, out ulong time, out var bytes)) continue;

            _cosignatures.Add(new CosignatureGossip(
                checkpoint.Size.Value, checkpoint.Root, (byte)node, (long)time, new VoteSignature(bytes)));
        }

        Certify();
    }

    /// <summary>The node has read this artifact back from its own disk.</summary>
    public void ArtifactRead(Digest sha256) => _cosigner.ArtifactsRead([sha256]);

    /// <summary>The newest cosignature of a peer, for its boot check.</summary>
    public CosignatureGossip? NewestOf(byte node) => _cosignatures.NewestOf(node);

    /// <summary>Cosigns everything that is to be cosigned now.</summary>
    public void Advance()
    {
        // A crash may have come between the journal and the network; the same bytes are signed again.
        if (_cosigner.TakeUnsent() is { } unsent) Announce(unsent);
        while (Next() is { } record)
        {
            // On disk before the signature leaves: a restart must not make this node sign another history.
            _journal.Append(new JournalFrame(record.Type, record.ToBody()));
            _cosigner.Journaled(record, _clocks.Elapsed);
            Announce(record);
        }
    }

    /// <summary>Takes a cosignature, own or a peer's.</summary>
    /// <returns>False when it is forged.</returns>
    public bool Receive(CosignatureGossip cosignature)
    {
        var outcome = _cosignatures.Add(cosignature);
        switch (outcome)
        {
            case CosignatureOutcome.Kept:
                WarnOfClock(cosignature);
                Certify();
                break;
            case CosignatureOutcome.Ignored: break;
            case CosignatureOutcome.Forged: break;
            case CosignatureOutcome.Forked: ReportFork(cosignature); break;
        }

        Prosecute();
        return outcome != CosignatureOutcome.Forged;
    }

    // The time that is judged is the time that is signed: the clock may be set between two looks.
    private JournalRecord.CosignedCheckpoint? Next()
    {
        long now = _clocks.UnixSeconds;
        return _cosigner.Next(now, _clocks.Elapsed, _watch.Standing(now, Skew));
    }

    private long Skew => _chain.Tip.Ledger.TrustRoot.Freshness.Skew;

    private void Extend(Attestable candidate)
    {
        _cosigner.Extend(candidate);
        foreach (var forked in _cosignatures.Extend(candidate.Size, candidate.Root)) ReportFork(forked);
        Prosecute();
    }

    // What convicts is kept and served; nobody has to believe this node.
    private void Prosecute()
    {
        foreach (var accusation in _cosignatures.Accusations.Take())
        {
            if (_cosignatures.Accusations.ToEvidence(accusation, _tiles.At) is { } evidence
                && _evidence.Add(evidence).TryGet(out var conviction, out _))
            {
                _cosignatures.Accusations.Close((byte)conviction.Node);
                _log.LogCritical("Node {Node} {Contradiction}", evidence.Node, conviction.Contradiction);
            }
            else
            {
                _cosignatures.Accusations.Dismiss(accusation);
            }
        }
    }

    private void Announce(JournalRecord.CosignedCheckpoint record)
    {
        var cosignature = Sign(record);
        _network.Broadcast(new PeerMessage.Cosigned(cosignature));
        Receive(cosignature);
        if (Certified is not null) _database.SaveCheckpoint(Certified.Note.Span);
    }

    private CosignatureGossip Sign(JournalRecord.CosignedCheckpoint record)
    {
        byte[] text = new Checkpoint(_root.Origin, new TreeSize(record.Size), record.Root).ToText();
        var signature = Cosignature.Sign(_keys.Attestation, _root.Nodes[_self].Name, text, (ulong)record.Time);
        bool read = Cosignature.TryRead(signature, out _, out var bytes);
        Invariant.Holds(read, "an own cosignature can be read");
        return new CosignatureGossip(record.Size, record.Root, (byte)_self, record.Time, new VoteSignature(bytes));
    }

    private void Certify()
    {
        if (_cosignatures.Certified is not { } checkpoint) return;
        if (_chain.LedgerOf(checkpoint.Size.Value) is not { } ledger) return;

        bool isNew = Certified?.Size != checkpoint.Size;
        byte[] text = checkpoint.ToText();
        var own = LogSignature.Sign(_keys.Log, _root.Origin, text);
        Certified = new CertifiedState(new SignedNote(text, [own, .. _cosignatures.OnCertified]).Encode(), ledger);
        if (!isNew) return;

        _chain.ForgetBefore(checkpoint.Size.Value);
        _updates.Keep(Certified.Note, ledger);
        _database.SaveCheckpoint(Certified.Note.Span);
        _log.LogInformation(
            "Certified: tree size {TreeSize}, {Count} cosignatures",
            checkpoint.Size.Value, _cosignatures.OnCertified.Count);
    }

    // Old stamps travel for a while; one from the future means that a clock is wrong. Told once of each node.
    private void WarnOfClock(CosignatureGossip cosignature)
    {
        long ahead = cosignature.Time - _clocks.UnixSeconds;
        if (ahead <= Skew || !_ahead.Add(cosignature.Node)) return;

        _log.LogWarning(
            "The clock of node {Node} is {Seconds} s ahead of this one's", _root.Nodes[cosignature.Node].Name, ahead);
    }

    private void ReportFork(CosignatureGossip cosignature) => _log.LogCritical(
        "Node {Node} cosigned another root than this node's log has at size {TreeSize}: {Root}",
        _root.Nodes[cosignature.Node].Name, cosignature.Size, cosignature.Root);
}
