using SupplyChain.Protocol;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Consensus.Pace;
using SupplyChain.RepoNode.Core.Consensus.Proposing;
using SupplyChain.RepoNode.Core.Consensus.Voting;

namespace SupplyChain.RepoNode.Core.Consensus;

/// <summary>
/// Where a replica stands: its view, and the votes, certificates and blocks after the final chain. What of it must
/// outlive a crash is recalled from the signing journal; what nothing can need any more is forgotten.
/// </summary>
internal sealed class ReplicaState(Committee committee, byte self, ChainTip tip)
{
    private readonly Dictionary<View, Block> _proposals = [];
    private readonly HashSet<View> _bad = [];

    public Committee Committee => committee;

    /// <summary>This node's number.</summary>
    public byte Self => self;

    /// <summary>The time of the event at hand, by the clock of timers and patience.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The time of the event at hand, as the world counts it: for the times of blocks.</summary>
    public DateTimeOffset WallClock { get; private set; }

    public View View { get; private set; } = tip.Header.View.Next;

    public VoteLog Log { get; } = new();

    public VotePool Pool { get; } = new(committee);

    public CertificateStore Certificates { get; } = new(tip);

    public BlockTree Tree { get; } = new(tip);

    /// <summary>The newest delivered block.</summary>
    public ChainTip Tip => Tree.Tip;

    /// <summary>Whether blocks are known to be final that were not delivered yet.</summary>
    public bool Lags => Tip.Header.View < Certificates.LastFinal;

    /// <summary>k of the view timer.</summary>
    public ulong ViewsSinceFinal => View.Number - Certificates.LastFinal.Number - 1;

    /// <summary>The leader's block of the view, the first if it made several.</summary>
    public Block? Proposal => _proposals.GetValueOrDefault(View);

    /// <summary>Takes a leader's block.</summary>
    /// <returns>False when its view has one.</returns>
    public bool TryAddProposal(Block block)
    {
        if (!_proposals.TryAdd(block.Header.View, block)) return false;

        Tree.Add(block);
        return true;
    }

    /// <summary>Whether the view's leader broke a rule: nobody votes for its block.</summary>
    public bool IsBad(View view) => _bad.Contains(view);

    /// <returns>False when it was already.</returns>
    public bool MarkBad(View view) => _bad.Add(view);

    /// <summary>Whether votes of the view still count.</summary>
    public bool IsInWindow(View view) =>
        view > Certificates.LastFinal && view >= OldestVoteView && view <= View.Next;

    /// <summary>A steady time before an earlier one counts as that earlier one; the wall clock is what it is.</summary>
    public void AdvanceTo(Moment now)
    {
        if (now.Steady > Now) Now = now.Steady;
        WallClock = now.Wall;
    }

    /// <summary>Moves on to a later view.</summary>
    /// <returns>False when it is none.</returns>
    public bool TryEnter(View view)
    {
        if (view <= View) return false;

        View = view;
        Forget();
        return true;
    }

    /// <summary>Takes what a restart finds in the journal, all records in their order.</summary>
    /// <exception cref="InvariantBrokenException">They contradict themselves or the chain.</exception>
    public void Recall(IEnumerable<JournalRecord> journal)
    {
        if (tip.Finalisation is { } stored) Pool.Recall(stored);
        foreach (var record in journal) Take(record);

        Invariant.Holds(
            Certificates.Finalisation is not null || Certificates.LastFinal == View.Genesis,
            "a node that stopped amid delivery has the finalisation in its journal");
        foreach (var vote in Log.In(View).Where(vote => vote.Kind == VoteKind.Notarize))
        {
            if (Tree.Find(vote.Block) is { } block) _proposals.Add(View, block);
        }
    }

    /// <summary>The records that a restart still needs, in an order that <see cref="Recall"/> takes.</summary>
    public IReadOnlyList<JournalRecord> Retained() =>
    [
        .. Certificates.All.Select(certificate => new JournalRecord.Learned(certificate)),
        .. Log.All
            .Where(vote => vote.Kind == VoteKind.Notarize)
            .Select(vote => Tree.Find(vote.Block))
            .OfType<Block>()
            .Select(block => new JournalRecord.VotedBlock(block)),
        .. Log.All.Select(vote => new JournalRecord.OwnVote(vote)),
    ];

    /// <summary>Forgets what belongs to views that are over.</summary>
    public void Forget()
    {
        foreach (var old in _proposals.Keys.Where(view => view < View).ToList()) _proposals.Remove(old);
        _bad.RemoveWhere(view => view <= Certificates.LastFinal);
        Pool.Forget(before: View.Max(Certificates.LastFinal.Next, OldestVoteView));
        Tree.Forget(keep: IsNeeded);
    }

    /// <summary>
    /// A new request for the chain begins: of what earlier ones brought, only what was found needed otherwise is kept.
    /// </summary>
    public void ForgetCatchUp() => Tree.ForgetCatchUp(
        keep: block => IsVotedFor(block) || (block.Header.View > Certificates.LastFinal && IsNeeded(block)));

    private View OldestVoteView =>
        View.Number > Bounds.VoteWindow ? new View(View.Number - Bounds.VoteWindow) : View.Genesis;

    /// <summary>
    /// Blocks of open views, those voted for, those notarised, and those a finalisation may already cover.
    /// </summary>
    private bool IsNeeded(Block block) =>
        block.Header.View >= View
        || block.Header.View <= Certificates.LastFinal
        || IsVotedFor(block)
        || Certificates.Certifies(block.Header.View, block.Hash);

    private bool IsVotedFor(Block block) => Log.Cast(block.Header.View, VoteKind.Notarize)?.Block == block.Hash;

    private void Take(JournalRecord record)
    {
        switch (record)
        {
            case JournalRecord.OwnVote(var vote) when vote.View > Tip.Header.View:
                Invariant.Holds(vote.Signer == Self, "the journal holds this node's own votes");
                Log.Record(vote);
                if (vote.View > Certificates.LastFinal) Pool.AddOwn(vote);
                View = View.Max(View, vote.View);
                break;
            case JournalRecord.Learned(var certificate) when !Certificates.Knows(certificate):
                Certificates.Add(certificate);
                Pool.Recall(certificate);
                View = View.Max(View, certificate.View.Next);
                break;
            case JournalRecord.VotedBlock(var block):
                Tree.Add(block);
                break;
        }
    }
}
