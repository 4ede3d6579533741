using SupplyChain.Protocol.Statements;
using SupplyChain.RepoNode.Core.Consensus;
using SupplyChain.RepoNode.Operations.Fetching;

namespace SupplyChain.RepoNode.Operations.Intake;

/// <summary>Has artifacts got and read back beside the loop, and posts what follows from it.</summary>
internal sealed class ArtifactErrands(ArtifactFetcher fetcher, Action<Work> post)
{
    /// <summary>What the replica asks for: it hears of each when it is held, or can never be.</summary>
    public void HoldForReplica(IEnumerable<Artifact> artifacts, CancellationToken stop)
    {
        foreach (var artifact in artifacts)
        {
            _ = HoldAsync(
                artifact, new Work.Event(new ReplicaEvent.ArtifactsHeld([artifact])),
                otherwise: new Work.Event(new ReplicaEvent.ArtifactsRuledOut([artifact])), stop);
        }
    }

    /// <summary>Returns when the artifact is held, or can never be as it is stated.</summary>
    /// <param name="artifact">As a release states it.</param>
    /// <param name="then">Is posted when this disk has it.</param>
    /// <param name="otherwise">Is posted when no bytes can be what is stated; without it, nothing is then.</param>
    /// <param name="stop">Ends it, and nothing is posted.</param>
    public async Task HoldAsync(Artifact artifact, Work then, Work? otherwise, CancellationToken stop)
    {
        try
        {
            var next = await fetcher.HoldAsync(artifact, stop) ? then : otherwise;
            if (next is not null) post(next);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        catch (Exception failure)
        {
            post(new Work.Failed(failure));
        }
    }
}
