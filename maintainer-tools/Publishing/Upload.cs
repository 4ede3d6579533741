using System.Globalization;
using SupplyChain.MaintainerTools.Terminal;
using SupplyChain.Protocol.Statements;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>One artifact on its way to one node: goes on where the node's bytes end, and tries again when the network fails.</summary>
/// <param name="node">Where to.</param>
/// <param name="artifact">What.</param>
/// <param name="permits">The publisher's.</param>
/// <param name="path">Of the file.</param>
/// <param name="pause">Before the second attempt; longer before later ones.</param>
internal sealed class Upload(NodeClient node, Artifact artifact, UploadPermits permits, string path, TimeSpan pause)
{
    private const int Attempts = 4;

    private readonly long _size = (long)artifact.Size;

    /// <summary>Null when the node has the whole artifact; otherwise why not.</summary>
    /// <param name="bar">Shows the bytes the node holds.</param>
    /// <param name="enough">Cancelled when the upload may fail: then a failed attempt is the last.</param>
    /// <param name="cancellation">Stops everything.</param>
    public async Task<string?> RunAsync(ProgressBar bar, CancellationToken enough, CancellationToken cancellation)
    {
        // However a node spends it: nobody waits for one longer than for a slow but honest line.
        using var late = new CancellationTokenSource(node.Times.Range * ((_size / ToolLimits.UploadRange) + (2 * Attempts)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            return await TryAsync(bar, enough, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return "took too long";
        }
    }

    /// <summary>What a failure of the network is told as.</summary>
    public static string Describe(Exception failure) =>
        failure is OperationCanceledException ? "did not answer in time" : failure.Message;

    private async Task<string?> TryAsync(ProgressBar bar, CancellationToken enough, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                string? problem = await SendAsync(bar, stop).ConfigureAwait(false);
                if (problem is null) return null;
                if (!IsBusy(problem) || attempt == Attempts || await PauseAsync(attempt).ConfigureAwait(false)) return problem;
            }
            catch (Exception e) when (IsNetwork(e, stop))
            {
                if (attempt == Attempts || await PauseAsync(attempt).ConfigureAwait(false)) return Describe(e);
            }
        }

        // True when nobody needs another attempt.
        async Task<bool> PauseAsync(int attempt)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(enough, stop);
            await Task.Delay(pause * attempt, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
            return enough.IsCancellationRequested;
        }
    }

    /// <summary>The network's failure, not a wish to stop.</summary>
    public static bool IsNetwork(Exception failure, CancellationToken cancellation) =>
        failure is HttpRequestException or IOException
        || (failure is OperationCanceledException && !cancellation.IsCancellationRequested);

    private async Task<string?> SendAsync(ProgressBar bar, CancellationToken cancellation)
    {
        long held = await node.HeldAsync(artifact.Sha256, cancellation).ConfigureAwait(false);
        if (held < 0) return Finish(bar);

        using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        byte[] buffer = new byte[Math.Min(ToolLimits.UploadRange, _size)];
        long most = held;
        for (int fruitless = 0; fruitless < Attempts;)
        {
            if (held > _size) return string.Create(CultureInfo.InvariantCulture, $"it holds {held} bytes of {_size}");
            bar.Report(held);

            // A node with every byte and no artifact is reading them back, or ended before it had: the last range again makes it tell.
            long first = held < _size ? held : _size - buffer.Length;
            int length = (int)Math.Min(buffer.Length, _size - first);
            if (await RandomAccess.ReadAsync(file, buffer.AsMemory(0, length), first, cancellation).ConfigureAwait(false) != length)
                return $"{path} became shorter while it was read";

            var answer = await node.UploadAsync(permits.For(node.Name, artifact), first, buffer.AsMemory(0, length), cancellation).ConfigureAwait(false);
            if (answer.Problem is not null) return answer.Problem;
            if (answer.Held < 0) return Finish(bar);

            bool isProgress = IsProgress(answer, most, first + length);
            fruitless = isProgress ? 0 : fruitless + 1;
            if (!isProgress || !answer.Taken) await Task.Delay(pause, cancellation).ConfigureAwait(false);
            (held, most) = (answer.Held, Math.Max(most, answer.Held));
        }

        return "it takes no more bytes";
    }

    // Of a range it took it must hold all. Somebody else may be uploading the same: then its bytes grow without ours, up to the whole.
    private bool IsProgress(UploadAnswer answer, long most, long end) =>
        answer.Taken ? answer.Held > most && answer.Held >= end : answer.Held > most || answer.Held == _size;

    private static bool IsBusy(string problem) => problem is "too-many-requests" or "starting";

    private string? Finish(ProgressBar bar)
    {
        bar.Report(Math.Max(_size, 1));
        return null;
    }
}
