using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;

namespace SupplyChain.RepoNode.Operations.Intake;

/// <summary>What the loop can be given to do.</summary>
internal abstract record Work
{
    private Work()
    {
    }

    public sealed record Event(ReplicaEvent Happened) : Work;

    /// <summary>A client's; somebody waits for the answer. One that an earlier start left may be stored already.</summary>
    public sealed record Submission(
        Envelope Envelope, TaskCompletionSource<SubmissionAnswer> Answered, bool IsStored = false) : Work;

    /// <summary>For the cosigner; the replica asks by itself.</summary>
    public sealed record ArtifactRead(Digest Sha256) : Work;

    public sealed record SecondPassed : Work;

    /// <summary>Work that was begun elsewhere failed for good: the loop ends with it, and the operator is told what it was.</summary>
    public sealed record Failed(Exception Failure) : Work
    {
        [DoesNotReturn]
        public void Rethrow() => ExceptionDispatchInfo.Throw(Failure);
    }
}
