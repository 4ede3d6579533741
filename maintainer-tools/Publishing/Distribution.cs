using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>
/// Brings artifacts to the nodes: to all that answer at once, and ends when a quorum of them holds everything. No node
/// can hold it up: one that makes no progress fails, and those that are left then get as long again as the quorum took.
/// </summary>
internal sealed class Distribution(Network network, Ed25519PrivateKey publisher, TimeProvider time)
{
    /// <summary>Before a failed upload is tried again.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the nodes behind the quorum get at least.</summary>
    public TimeSpan LeastGrace { get; init; } = TimeSpan.FromSeconds(10);

    private int Required => network.Root.Quorum.Required;

    /// <exception cref="CommandFailure">Fewer nodes than a quorum took the bytes.</exception>
    public async Task RunAsync(
        IReadOnlyList<(Artifact Artifact, string Path)> files, ProgressBoard board, CancellationToken cancellation)
    {
        if (files.Count == 0) return;

        long started = time.GetTimestamp();
        using var enough = new CancellationTokenSource();
        using var late = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        int whole = 0;
        int failed = 0;
        var results = await Task.WhenAll(network.Nodes.Select(ToNodeAsync)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        ThrowIfTooFew([.. results.Where(result => result.Problem is not null)], results.Length);

        async Task<Result> ToNodeAsync(NodeClient node)
        {
            string? problem = await UploadAllAsync(node, files, board, enough.Token, stop.Token).ConfigureAwait(false);
            if (problem is not null)
            {
                // A quorum can no longer be: nobody need wait for what the others make of it.
                if (Interlocked.Increment(ref failed) > network.Nodes.Count - Required) await late.CancelAsync().ConfigureAwait(false);
                return new Result(node.Name, problem);
            }

            if (Interlocked.Increment(ref whole) != Required) return new Result(node.Name, null);

            // The others are welcome, but nobody waits for one that is away or dawdles.
            var took = time.GetElapsedTime(started);
            late.CancelAfter(took > LeastGrace ? took : LeastGrace);
            await enough.CancelAsync().ConfigureAwait(false);
            return new Result(node.Name, null);
        }
    }

    // Why this node does not hold them all; null when it does.
    private async Task<string?> UploadAllAsync(
        NodeClient node, IReadOnlyList<(Artifact Artifact, string Path)> files, ProgressBoard board,
        CancellationToken enough, CancellationToken stop)
    {
        var permits = new UploadPermits(publisher, network.Root.Origin, time);
        var bars = files.Select(file => board.Add($"{file.Artifact.Name} → {node.Name}", (long)file.Artifact.Size)).ToList();
        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                var (artifact, path) = files[i];
                var upload = new Upload(node, artifact, permits, path, Pause);
                if (await upload.RunAsync(bars[i], enough, stop).ConfigureAwait(false) is { } problem) return problem;
            }

            return null;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return "was not waited for";
        }
    }

    private void ThrowIfTooFew(IReadOnlyList<Result> failed, int nodes)
    {
        if (nodes - failed.Count >= Required) return;

        string why = string.Join("; ", failed.Select(result => $"{result.Node}: {result.Problem}"));
        var refusal = failed.Select(result => result.Problem).FirstOrDefault(problem => HintFor(problem) is not null);
        throw refusal is not null
            ? CommandFailure.Refused(refusal, $"The nodes do not let this publisher upload: {why}.", HintFor(refusal)!)
            : CommandFailure.NoQuorum("upload-failed", $"Only {nodes - failed.Count} of {Required} needed nodes took the artifacts: {why}.",
                "check the network and run it again; it goes on where it was");
    }

    // Trying again does not help against these.
    private static string? HintFor(string? problem) => problem switch
    {
        "unknown-publisher" => "use the publisher key that the trust root names",
        "permit-expired" or "permit-too-long" => "permits are made by this machine's clock: set it right and run it again",
        "quota-exceeded" => "submit the statements of what was uploaded before, or ask the nodes' operators for a larger quota",
        _ => null,
    };

    private sealed record Result(string Node, string? Problem);
}
