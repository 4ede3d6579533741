using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Core.Consensus.Messages;
using SupplyChain.RepoNode.Core.Ledger;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations.Intake;

/// <summary>
/// The submissions that wait to be ordered, on the disk in the order in which they were taken. Those of peers are kept
/// as those of clients are: a client's may rest on them, and what it was told must hold after a crash of every node.
/// </summary>
internal sealed class PendingSubmissions(NodeDatabase database)
{
    /// <summary>What an earlier start left, in its order.</summary>
    public IReadOnlyList<StoredSubmission> Stored => database.PendingSubmissions();

    /// <summary>A stored submission, to be handed in again.</summary>
    public static Work.Submission ToWork(StoredSubmission stored)
    {
        Invariant.Holds(Envelope.TryRead(stored.Envelope, out var envelope), "a stored submission is an envelope");
        return new Work.Submission(envelope, new TaskCompletionSource<SubmissionAnswer>(), IsStored: true);
    }

    /// <summary>It is on the disk when this returns.</summary>
    public void Keep(Envelope envelope, Work.Submission? submission)
    {
        if (submission is not { IsStored: true }) database.AddSubmission(envelope.Id, envelope.ToBytes());
    }

    /// <summary>Takes the answer to a stored one: it may have become final with the last breath of the start before.</summary>
    public void Settle(Work.Submission stored)
    {
        if (stored.Answered.Task is not { IsCompleted: true, Result: SubmissionAnswer.Refused(var refusal) }) return;

        if (refusal == LedgerRefusal.Duplicate) database.ForgetSubmissions([stored.Envelope.Id]);
        else Refuse(stored.Envelope.Id, refusal);
    }

    public void Refuse(Digest id, LedgerRefusal refusal) => database.RefuseSubmission(id, refusal.Name());

    /// <summary>The log has these.</summary>
    public void Forget(Block final)
    {
        if (!final.Entries.IsEmpty) database.ForgetSubmissions(final.Entries.Select(IdOf));
    }

    private static Digest IdOf(ReadOnlyMemory<byte> entry)
    {
        Invariant.Holds(Envelope.TryRead(entry.Span, out var envelope), "a final entry is an envelope");
        return envelope.Id;
    }
}
