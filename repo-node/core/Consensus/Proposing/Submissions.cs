using System.Collections.Immutable;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Ledger;

namespace SupplyChain.RepoNode.Core.Consensus.Proposing;

/// <summary>
/// One submission that waits to be ordered; <paramref name="From"/> is the peer that brought it, null for a client.
/// </summary>
internal sealed record Submission(
    Envelope Envelope, ReadOnlyMemory<byte> Entry, ImmutableArray<Artifact> Artifacts, byte? From);

/// <summary>
/// Valid submissions that are not final yet, oldest first. One is taken when it is valid on the final ledger, or after
/// the others that wait: a release and its promotion may come together.
/// </summary>
internal sealed class Submissions
{
    private readonly List<Submission> _waiting = [];
    private readonly HashSet<Digest> _ids = [];
    private readonly ArtifactGate _artifacts;
    private LedgerState _final;
    private LedgerState _ahead;
    private (ulong Gate, bool Ready)? _ready;

    public Submissions(LedgerState final, ArtifactGate artifacts)
    {
        _final = final;
        _ahead = final;
        _artifacts = artifacts;
    }

    public int Count => _waiting.Count;

    public IReadOnlyList<Submission> OldestFirst => _waiting;

    /// <returns>The answer, and the submission if it is new.</returns>
    public (SubmissionAnswer Answer, Submission? Taken) Add(Envelope envelope, byte? from)
    {
        if (_ids.Contains(envelope.Id)) return (new SubmissionAnswer.Pending(), null);
        if (IsFull(from)) return (new SubmissionAnswer.Full(), null);
        if (Check(envelope) is { } refusal) return (new SubmissionAnswer.Refused(refusal), null);

        bool read = Statement.TryRead(envelope, out var statement);
        Invariant.Holds(read, "the ledger takes nothing that cannot be read");
        var submission = new Submission(
            envelope, envelope.ToBytes(), statement is Release release ? [.. release.Artifacts] : [], from);
        Keep(submission);
        return (new SubmissionAnswer.Pending(), submission);
    }

    /// <summary>
    /// Whether one of them could be ordered next, as far as the final ledger and the artifacts held say.
    /// </summary>
    public bool AnyReady
    {
        get
        {
            if (_ready?.Gate != _artifacts.Changes) _ready = (_artifacts.Changes, _waiting.Exists(IsReady));
            return _ready.Value.Ready;
        }
    }

    /// <summary>Goes on from a newer final ledger.</summary>
    /// <returns>Those that left, with the rule that now refuses them: duplicate when they became final.</returns>
    public IReadOnlyList<(Digest Id, LedgerRefusal Refusal)> Rebase(LedgerState final)
    {
        var before = _waiting.ToList();
        _ready = null;
        _waiting.Clear();
        _ids.Clear();
        _final = final;
        _ahead = final;

        var left = new List<(Digest, LedgerRefusal)>();
        foreach (var submission in before)
        {
            if (Check(submission.Envelope) is { } refusal) left.Add((submission.Envelope.Id, refusal));
            else Keep(submission);
        }

        return left;
    }

    /// <summary>Forgets those with an artifact that nobody can ever hold; what rests on them is refused in time.</summary>
    public void RemoveImpossible()
    {
        var possible = _waiting.Where(submission => !_artifacts.RulesOut(submission.Artifacts)).ToList();
        if (possible.Count == _waiting.Count) return;

        _ready = null;
        _waiting.Clear();
        _ids.Clear();
        _ahead = _final;
        foreach (var submission in possible) Keep(submission);
    }

    /// <summary>
    /// A block's entries on this ledger: passes over the submissions, oldest first, until one appends nothing or the
    /// next does not fit.
    /// </summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Select(LedgerState ledger)
    {
        var entries = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var left = _waiting.Where(submission => _artifacts.Holds(submission.Artifacts)).ToList();
        int room = Bounds.MaxBlockBytes;
        for (int before = -1; before < entries.Count;)
        {
            before = entries.Count;
            foreach (var submission in left.ToList())
            {
                if (ledger.Check(submission.Envelope) is not null) continue;
                if (entries.Count == Bounds.MaxBlockEntries || submission.Entry.Length > room)
                    return entries.ToImmutable();

                entries.Add(submission.Entry);
                room -= submission.Entry.Length;
                ledger = ledger.Append(submission.Envelope, out _);
                left.Remove(submission);
            }
        }

        return entries.ToImmutable();
    }

    private bool IsReady(Submission submission) =>
        _artifacts.Holds(submission.Artifacts) && _final.Check(submission.Envelope) is null;

    private bool IsFull(byte? from) =>
        Count >= Bounds.MaxPending
        || (from is not null && _waiting.Count(submission => submission.From == from) >= Bounds.MaxPendingPerPeer);

    // What is wrong with the envelope itself no pending one can mend, and a bad signature is not verified twice.
    private LedgerRefusal? Check(Envelope envelope) =>
        _final.Check(envelope) is { } refusal && (refusal <= LedgerRefusal.WrongSignature || _ahead.Check(envelope) is not null)
            ? refusal
            : null;

    private void Keep(Submission submission)
    {
        _ready = null;
        _waiting.Add(submission);
        _ids.Add(submission.Envelope.Id);
        if (_ahead.Check(submission.Envelope) is null) _ahead = _ahead.Append(submission.Envelope, out _);
    }
}
