using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>What one node's answer is worth.</summary>
/// <param name="Node">Its number in the trust root's order.</param>
/// <param name="Own">The checkpoint under the node's own fresh attestation; null when the answer has none.</param>
/// <param name="Fault">Why the answer does not count, as far as it can be told alone; null when <paramref name="Own"/> is there.</param>
public sealed record RollEntry(int Node, Checkpoint? Own, NodeFault? Fault);

/// <summary>
/// Step 4 of docs/protocol.md §7: who answered themselves. A node counts for a checkpoint C when its own URL gave its own
/// fresh attestation on C or on a prefix of C: with q of them, at least f+1 honest nodes knew of nothing newer.
/// </summary>
public sealed class RollCall
{
    private readonly TrustRoot _root;

    private RollCall(TrustRoot root, IReadOnlyList<RollEntry> entries, IReadOnlyList<CertifiedCheckpoint> certified)
    {
        _root = root;
        Entries = entries;
        Newest = certified.MaxBy(one => one.Checkpoint.Size);
        IsForked = certified.Select(one => one.Checkpoint).Distinct().CountBy(one => one.Size).Any(roots => roots.Value > 1);
    }

    /// <summary>One for each node, in the root's order.</summary>
    public IReadOnlyList<RollEntry> Entries { get; }

    /// <summary>The largest certified checkpoint that any answer showed; null when none did.</summary>
    public CertifiedCheckpoint? Newest { get; }

    /// <summary>Two quorums contradict each other: more than f nodes are corrupt.</summary>
    public bool IsForked { get; }

    /// <param name="root">The trust root in use.</param>
    /// <param name="answers">One for each node.</param>
    /// <param name="now">Unix seconds.</param>
    public static RollCall Of(TrustRoot root, IEnumerable<NodeAnswer> answers, long now)
    {
        var verifier = new UpdateVerifier(root);
        var entries = new List<RollEntry>();
        var certified = new List<CertifiedCheckpoint>();
        foreach (var answer in answers.OrderBy(answer => answer.Node))
        {
            switch (answer)
            {
                case NodeAnswer.Silence silence:
                    entries.Add(new RollEntry(silence.Node, null, silence.Fault));
                    break;
                case NodeAnswer.Note note:
                    // What it relays may be the newest even where it does not speak for itself.
                    if (verifier.Certify(note.Bytes.Span, now).TryGet(out var relayed, out _)) certified.Add(relayed);
                    entries.Add(EntryOf(root, note, now));
                    break;
            }
        }

        return new RollCall(root, entries, certified);
    }

    /// <summary>The checkpoints that must be shown to be prefixes of <paramref name="target"/> before their nodes count, newest first.</summary>
    public IReadOnlyList<Checkpoint> PrefixesOf(Checkpoint target) =>
    [
        .. Entries.Select(entry => entry.Own).OfType<Checkpoint>()
            .Where(own => own.Size > TreeSize.Zero && own.Size < target.Size).Distinct().OrderByDescending(own => own.Size),
    ];

    /// <summary>Whether q nodes answered themselves on the checkpoint or on one of the prefixes shown.</summary>
    public bool IsQuorumFor(Checkpoint target, IReadOnlyCollection<Checkpoint> shown) =>
        CountFor(target, shown) >= _root.Quorum.Required;

    /// <summary>How many answered themselves, whatever their answer was: too few of them cannot become a quorum.</summary>
    public bool CanBeQuorum => Entries.Count(entry => entry.Own is not null) >= _root.Quorum.Required;

    /// <summary>The rejection of step 4.</summary>
    public Rejection TooFew(Checkpoint? target, IReadOnlyCollection<Checkpoint> shown)
    {
        int count = target is null ? Entries.Count(entry => entry.Own is not null) : CountFor(target, shown);
        return new Rejection(
            RejectionReason.NotEnoughAnswers,
            $"{count} of {_root.Nodes.Count} nodes answered themselves, {_root.Quorum.Required} must");
    }

    private int CountFor(Checkpoint target, IReadOnlyCollection<Checkpoint> shown) =>
        Entries.Count(entry => entry.Own is { } own && (own == target || shown.Contains(own)));

    private static RollEntry EntryOf(TrustRoot root, NodeAnswer.Note answer, long now)
    {
        if (!SignedNote.TryParse(answer.Bytes.Span, out var note) || !Checkpoint.TryParse(note.Text, out var checkpoint))
            return Refused(RejectionReason.CheckpointMalformed, "not a signed note with a checkpoint");
        if (checkpoint.Origin != root.Origin)
            return Refused(RejectionReason.CheckpointWrongOrigin, $"of '{checkpoint.Origin}', not of '{root.Origin}'");

        var times = OwnTimes(root.Nodes[answer.Node].AttestationVerifier, note);
        if (times.Count == 0) return Refused(RejectionReason.NotEnoughAnswers, "the answer lacks the node's own attestation");
        if (!times.Any(time => time >= now - root.Freshness.MaxAge && time <= now + root.Freshness.Skew))
        {
            long age = now - times.Max();
            string seen = age < 0 ? $"{-age} s ahead; check this machine's clock" : $"{age} s old";
            return Refused(RejectionReason.CheckpointStale, $"its own attestation is {seen}");
        }

        return new RollEntry(answer.Node, checkpoint, null);

        RollEntry Refused(RejectionReason reason, string detail) =>
            new(answer.Node, null, NodeFault.Of(new Rejection(reason, detail)));
    }

    private static List<long> OwnTimes(VerifierKey own, SignedNote note)
    {
        var times = new List<long>();
        foreach (var signature in note.Signatures)
        {
            if (Cosignature.TryVerify(own, note.Text, signature, out ulong time)) times.Add((long)time);
        }

        return times;
    }
}
