using System.Globalization;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Verification;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>
/// Brings signed statements, and the bytes they name, into the network: uploads to every node that answers, hands the
/// statements in one after the other, and ends when it has checked itself that a quorum attests them.
/// </summary>
internal sealed class Submission(Network network, Ed25519PrivateKey publisher, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Before a failed upload is tried again.</summary>
    public TimeSpan UploadPause { get; init; } = TimeSpan.FromSeconds(1);

    private int Required => network.Root.Quorum.Required;

    /// <summary>Uploads files to all nodes at once; goes on when a quorum of them holds everything.</summary>
    /// <exception cref="CommandFailure">Fewer nodes than a quorum took the bytes.</exception>
    public async Task UploadAsync(IReadOnlyList<(Artifact Artifact, string Path)> files, ProgressBoard board, CancellationToken cancellation)
    {
        if (files.Count == 0) return;

        using var enough = new CancellationTokenSource();
        int whole = 0;
        var nodes = network.Nodes.Select(async Task<(string Name, string? Problem)> (node) =>
        {
            var bars = files.Select(file => board.Add($"{file.Artifact.Name} → {node.Name}", (long)file.Artifact.Size)).ToList();
            for (int i = 0; i < files.Count; i++)
            {
                var (artifact, path) = files[i];
                var permit = UploadPermit.Sign(publisher, network.Root.Origin, artifact.Sha256, (long)artifact.Size);
                var upload = new Upload(node, permit, path, UploadPause);
                if (await upload.RunAsync(bars[i], enough.Token, cancellation).ConfigureAwait(false) is { } problem) return (node.Name, problem);
            }

            // A quorum holds everything: the others are welcome, but nobody waits for one that is away.
            if (Interlocked.Increment(ref whole) == Required) await enough.CancelAsync().ConfigureAwait(false);
            return (node.Name, null);
        });
        var results = await Task.WhenAll(nodes).ConfigureAwait(false);
        var failed = results.Where(result => result.Problem is not null).ToList();
        if (results.Length - failed.Count >= Required) return;

        string why = string.Join("; ", failed.Select(result => $"{result.Name}: {result.Problem}"));
        throw failed.Exists(result => result.Problem == "unknown-publisher")
            ? CommandFailure.Refused("unknown-publisher", $"The nodes do not let this publisher upload: {why}.",
                "use the publisher key that the trust root names")
            : CommandFailure.NoQuorum("upload-failed", $"Only {results.Length - failed.Count} of {Required} needed nodes took the artifacts: {why}.",
                "check the network and run it again; it goes on where it was");
    }

    /// <summary>Hands one statement in and waits until it is certified.</summary>
    /// <exception cref="CommandFailure">The ledger refused it, or no quorum attested it before <paramref name="deadline"/>.</exception>
    public async Task<Certified> SubmitAsync(Envelope envelope, DateTimeOffset deadline, Action<string> status, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        string id = envelope.Id.ToHex();
        await PostAsync(envelope, status, deadline, cancellation).ConfigureAwait(false);
        status($"statement {id[..12]}… is handed in; waiting for {Required} attestations");
        for (string seen = "nothing yet"; ; await Task.Delay(Poll, time, cancellation).ConfigureAwait(false))
        {
            var (row, index, nowSeen) = await FindAsync(envelope, cancellation).ConfigureAwait(false);
            if (row is not null) return Describe(envelope, row, index, time.GetElapsedTime(started));

            seen = nowSeen ?? seen;
            if (time.GetUtcNow() > deadline)
            {
                throw CommandFailure.NoQuorum("not-certified", $"Statement {id} is not certified in time; last seen: {seen}.",
                    "it may still be: run the same command again, or ask `share submit` with a longer --timeout");
            }
        }
    }

    private async Task PostAsync(Envelope envelope, Action<string> status, DateTimeOffset deadline, CancellationToken cancellation)
    {
        byte[] entry = envelope.ToBytes();
        for (; ; await Task.Delay(Poll * 5, time, cancellation).ConfigureAwait(false))
        {
            var answers = await Task.WhenAll(network.Nodes.Select(node => PostAsync(node, entry, cancellation))).ConfigureAwait(false);
            // One of f+1 is honest and hands it on.
            if (answers.Count(answer => answer.Taken) > network.Root.Quorum.Faulty) return;

            ThrowIfRefused(envelope.Id, [.. answers.Select(answer => answer.Refusal)]);
            var others = answers.Where(answer => !answer.Taken).Select(answer => $"{answer.Node}: {answer.Refusal ?? answer.Failure}");
            string why = string.Join("; ", others);
            status($"too few nodes take the statement yet: {why}");
            if (time.GetUtcNow() <= deadline) continue;

            throw CommandFailure.NoQuorum("not-taken", $"Too few nodes took statement {envelope.Id.ToHex()}: {why}.",
                "check that the nodes run and can be reached from here, then run it again");
        }
    }

    private static async Task<PostAnswer> PostAsync(NodeClient node, byte[] entry, CancellationToken cancellation)
    {
        try
        {
            string? refusal = await node.SubmitAsync(entry, cancellation).ConfigureAwait(false);
            return new PostAnswer(node.Name, refusal is null, refusal, null);
        }
        catch (Exception e) when (Upload.IsNetwork(e, cancellation))
        {
            return new PostAnswer(node.Name, false, null, e.Message);
        }
    }

    // The statement is in when some node proves it under a certified checkpoint, not when a node says so.
    private async Task<(AttestedRow? Row, ulong Index, string? Seen)> FindAsync(Envelope envelope, CancellationToken cancellation)
    {
        var statuses = await Task.WhenAll(network.Nodes.Select(node => StatusAsync(node, envelope.Id, cancellation))).ConfigureAwait(false);
        ThrowIfRefused(envelope.Id, [.. statuses.Select(status => status?.Reason)]);
        string? seen = null;
        for (int i = 0; i < statuses.Length; i++)
        {
            if (statuses[i] is not { } status) continue;
            seen ??= $"{network.Nodes[i].Name} says {status.Status}";
            if (status.Status != "certified") continue;

            var (row, index, failure) = await ProveAsync(network.Nodes[i], envelope, cancellation).ConfigureAwait(false);
            if (row is not null) return (row, index, null);
            seen = $"{network.Nodes[i].Name} says certified, but {failure}";
        }

        return (null, 0, seen);
    }

    private async Task<(AttestedRow? Row, ulong Index, string? Failure)> ProveAsync(
        NodeClient node, Envelope envelope, CancellationToken cancellation)
    {
        var (row, failure) = await network.TryRowAsync(node, MapKey.Statement(envelope.Id), cancellation).ConfigureAwait(false);
        if (row is null) return (null, 0, failure);
        if (row.Value is not { } value || !StatementRow.TryRead(value.Span, out var statement))
            return (null, 0, "its newest certified map does not have it");

        try
        {
            var log = new LogReader(node, row.Map.Certified.Checkpoint);
            return await log.IncludesAsync(statement.Index, envelope.ToBytes(), cancellation).ConfigureAwait(false)
                ? (row, statement.Index, null)
                : (null, 0, "its tiles do not show the statement in the log");
        }
        catch (Exception e) when (Upload.IsNetwork(e, cancellation))
        {
            return (null, 0, e.Message);
        }
    }

    private static async Task<StatementStatus?> StatusAsync(NodeClient node, Digest id, CancellationToken cancellation)
    {
        try
        {
            return await node.StatusAsync(id, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (Upload.IsNetwork(e, cancellation))
        {
            return null;
        }
    }

    // f+1 nodes that say so include an honest one; fewer could be lying.
    private void ThrowIfRefused(Digest id, IReadOnlyList<string?> refusals)
    {
        var refusal = refusals.Where(reason => reason is not null && LedgerRefusal.HintFor(reason) is not null)
            .GroupBy(reason => reason!).FirstOrDefault(same => same.Count() > network.Root.Quorum.Faulty);
        if (refusal is null) return;

        throw CommandFailure.Refused(refusal.Key,
            string.Create(CultureInfo.InvariantCulture, $"{refusal.Count()} nodes refuse statement {id.ToHex()}: {refusal.Key}."),
            LedgerRefusal.HintFor(refusal.Key)!);
    }

    private Certified Describe(Envelope envelope, AttestedRow row, ulong index, TimeSpan took)
    {
        var certified = row.Map.Certified;
        return new Certified(envelope.Id, index, certified.Checkpoint.Size.Value,
            [.. certified.Attestations.Select(attestation => network.Root.Nodes[attestation.Node].Name)], took);
    }

    /// <param name="Id">Of the statement.</param>
    /// <param name="Index">Of its entry.</param>
    /// <param name="Size">Of the certified tree in which it was found.</param>
    /// <param name="AttestedBy">Nodes whose attestations counted.</param>
    /// <param name="Took">From handing in to having checked.</param>
    internal sealed record Certified(Digest Id, ulong Index, ulong Size, IReadOnlyList<string> AttestedBy, TimeSpan Took);

    private sealed record PostAnswer(string Node, bool Taken, string? Refusal, string? Failure);
}
