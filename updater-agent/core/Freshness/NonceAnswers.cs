using SupplyChain.Protocol.Equivocation;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Trust;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.UpdaterAgent.Core.Freshness;

/// <summary>What one node's answer is worth.</summary>
/// <param name="Node">Its number in the trust root's order.</param>
/// <param name="Said">What it signed over the nonce; null when nothing that counts.</param>
/// <param name="Fault">Why it does not count; null when it may.</param>
public sealed record NonceEntry(int Node, SignedCheckpoint? Said, NodeFault? Fault)
{
    /// <summary>The newest checkpoint it says it cosigned.</summary>
    public Checkpoint? Own => Said?.Checkpoint;

    internal long Time => (long)(Said?.Time ?? 0);
}

/// <summary>
/// Step 4 of docs/protocol.md §7: what all nodes said to one nonce. A node counts for a checkpoint C when it signed over
/// the nonce, and so just now, that the newest it cosigned is C or a prefix of C: with q of them, at least f+1 honest nodes
/// knew of nothing newer, and the median of their clocks lies between those of honest nodes.
/// </summary>
public sealed class NonceAnswers
{
    private readonly TrustRoot _root;
    private readonly NonceEntry[] _entries;
    private readonly List<SignedNote> _notes = [];

    private NonceAnswers(TrustRoot root, IEnumerable<NonceEntry> entries)
    {
        _root = root;
        _entries = [.. entries];
    }

    /// <summary>One for each node, in the root's order.</summary>
    public IReadOnlyList<NonceEntry> Entries => _entries;

    /// <summary>Median of what the nodes' clocks say, Unix seconds; null with fewer than q answers.</summary>
    public long? Time { get; private init; }

    /// <summary>The largest checkpoint that any node showed certified at <see cref="Time"/>; null when none did.</summary>
    public CertifiedCheckpoint? Newest { get; private set; }

    /// <summary>Two certified checkpoints contradict each other: more than f nodes are corrupt.</summary>
    public bool IsForked { get; private set; }

    /// <summary>Why the first of the notes that came is not certified; null when all are, or none came.</summary>
    public Rejection? Uncertified { get; private set; }

    /// <param name="root">The trust root in use.</param>
    /// <param name="nonce">What everyone was asked, drawn for this question alone.</param>
    /// <param name="answers">One for each node.</param>
    public static NonceAnswers Of(TrustRoot root, Nonce nonce, IReadOnlyCollection<NodeAnswer> answers)
    {
        var entries = answers.OrderBy(answer => answer.Node).Select(answer => EntryOf(root, nonce, answer)).ToList();
        var counted = entries.Where(entry => entry.Said is not null).ToList();
        long? time = counted.Count >= root.Quorum.Required ? MedianOf(counted) : null;
        var all = new NonceAnswers(root, entries) { Time = time };
        if (time is { } now) all.ReadNotes(answers, now);
        return all;
    }

    /// <summary>
    /// The checkpoints that must be shown to be prefixes of <paramref name="target"/> before their nodes count, newest
    /// first.
    /// </summary>
    public IReadOnlyList<Checkpoint> PrefixesOf(Checkpoint target) =>
    [
        .. _entries.Select(entry => entry.Own).OfType<Checkpoint>()
            .Where(own => own.Size < target.Size).Distinct().OrderByDescending(own => own.Size),
    ];

    /// <summary>How many count for the checkpoint, given the prefixes shown.</summary>
    public int CountFor(Checkpoint target, IReadOnlyCollection<Checkpoint> shown) => For(target, shown).Count();

    /// <summary>How many name something larger: newer than what is certified, or made up.</summary>
    public int CountAhead(Checkpoint target) => _entries.Count(entry => entry.Own is { } own && own.Size > target.Size);

    /// <summary>Median of the clocks of those that count for the checkpoint, of whom there are at least q.</summary>
    public long TimeFor(Checkpoint target, IReadOnlyCollection<Checkpoint> shown) => MedianOf([.. For(target, shown)]);

    /// <summary>Whoever named this checkpoint does not count any more.</summary>
    public void Discount(Checkpoint named, NodeFault fault)
    {
        for (int node = 0; node < _entries.Length; node++)
        {
            if (_entries[node].Own == named) _entries[node] = new NonceEntry(_entries[node].Node, null, fault);
        }
    }

    /// <summary>
    /// Evidence against nodes that signed another checkpoint of the newest one's size, over the nonce or as a cosignature on
    /// any note that came.
    /// </summary>
    public IReadOnlyList<Evidence> Contradictions()
    {
        if (Newest is null || !SignedNote.TryParse(Newest.Note.Span, out var newest)) return [];

        var found = _notes.SelectMany(note => Prosecution.OfNotes(_root, note, newest)).ToList();
        foreach (var entry in _entries)
        {
            if (entry.Said is { } signed) found.AddRange(Prosecution.OfText(_root, entry.Node, signed, newest));
        }

        return found;
    }

    /// <summary>The rejection of step 4.</summary>
    public Rejection TooFew(Checkpoint? target, IReadOnlyCollection<Checkpoint> shown)
    {
        int count = target is null ? _entries.Count(entry => entry.Own is not null) : CountFor(target, shown);
        int ahead = target is null ? 0 : CountAhead(target);
        string newer = ahead == 0 ? "" : $"; {ahead} know something newer that is not certified";
        return new Rejection(
            RejectionReason.NotEnoughAnswers,
            $"{count} of {_root.Nodes.Count} nodes answered themselves, {_root.Quorum.Required} must{newer}");
    }

    private IEnumerable<NonceEntry> For(Checkpoint target, IReadOnlyCollection<Checkpoint> shown) =>
        _entries.Where(entry => entry.Own is { } own && (own == target || shown.Contains(own)));

    // What a node relays may be the newest even where it does not speak for itself.
    private void ReadNotes(IEnumerable<NodeAnswer> answers, long now)
    {
        var verifier = new UpdateVerifier(_root);
        var certified = new List<CertifiedCheckpoint>();
        foreach (var answer in answers)
        {
            if (answer.Checkpoint is not Heard.Bytes(var bytes)) continue;

            if (verifier.Certify(bytes.Span, now).TryGet(out var one, out var rejection)) certified.Add(one);
            else Uncertified ??= rejection;
            if (SignedNote.TryParse(bytes.Span, out var note)) _notes.Add(note);
        }

        Newest = certified.MaxBy(one => one.Checkpoint.Size);
        IsForked = certified.Select(one => one.Checkpoint).Distinct().CountBy(one => one.Size).Any(roots => roots.Value > 1);
    }

    private static NonceEntry EntryOf(TrustRoot root, Nonce nonce, NodeAnswer answer)
    {
        if (answer.Nonce is not Heard.Bytes(var bytes))
            return new NonceEntry(answer.Node, null, ((Heard.Silence)answer.Nonce).Fault);
        if (!NonceAnswer.TryRead(bytes.Span, out var read))
            return Refused(RejectionReason.NonceAnswerMalformed, $"{bytes.Length} bytes that are no answer to a nonce");
        if (!read.TryVerify(root.Nodes[answer.Node].AttestationKey, root.Origin, nonce, out var statement))
            return Refused(RejectionReason.NonceAnswerInvalid, "not signed by this node over this nonce");

        return new NonceEntry(answer.Node, SignedCheckpoint.OfNonces(statement, read.Signature), null);

        NonceEntry Refused(RejectionReason reason, string detail) =>
            new(answer.Node, null, NodeFault.Of(new Rejection(reason, detail)));
    }

    private static long MedianOf(List<NonceEntry> entries) =>
        entries.Select(entry => entry.Time).Order().ElementAt((entries.Count - 1) / 2);
}
