using System.Globalization;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Publishing;

/// <summary>One artifact on its way to one node: goes on where the node's bytes end, and tries again when the network fails.</summary>
/// <param name="node">Where to.</param>
/// <param name="permit">The publisher's.</param>
/// <param name="path">Of the file.</param>
/// <param name="pause">Before the second attempt; longer before later ones.</param>
internal sealed class Upload(NodeClient node, UploadPermit permit, string path, TimeSpan pause)
{
    private const int Attempts = 4;

    /// <summary>Null when the node has the whole artifact; otherwise why not.</summary>
    /// <param name="bar">Shows the bytes the node holds.</param>
    /// <param name="enough">Cancelled when the upload may fail: then a failed attempt is the last.</param>
    /// <param name="cancellation">Stops everything.</param>
    public async Task<string?> RunAsync(ProgressBar bar, CancellationToken enough, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                string? problem = await SendAsync(bar, cancellation).ConfigureAwait(false);
                if (problem is null) return null;
                if (!IsBusy(problem) || attempt == Attempts || await PauseAsync(attempt).ConfigureAwait(false)) return problem;
            }
            catch (Exception e) when (IsNetwork(e, cancellation))
            {
                if (attempt == Attempts || await PauseAsync(attempt).ConfigureAwait(false)) return e.Message;
            }
        }

        // True when nobody needs another attempt.
        async Task<bool> PauseAsync(int attempt)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(enough, cancellation);
            await Task.Delay(pause * attempt, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            return enough.IsCancellationRequested;
        }
    }

    /// <summary>The network's failure, not a wish to stop.</summary>
    public static bool IsNetwork(Exception failure, CancellationToken cancellation) =>
        failure is HttpRequestException or IOException
        || (failure is OperationCanceledException && !cancellation.IsCancellationRequested);

    private async Task<string?> SendAsync(ProgressBar bar, CancellationToken cancellation)
    {
        long held = await node.HeldAsync(permit.Sha256, cancellation).ConfigureAwait(false);
        if (held < 0) return Finish(bar);

        using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        byte[] buffer = new byte[Math.Min(ToolLimits.UploadRange, permit.Size)];
        for (int stalled = 0; stalled < Attempts;)
        {
            if (held > permit.Size) return string.Create(CultureInfo.InvariantCulture, $"it holds {held} bytes of {permit.Size}");
            bar.Report(held);
            int length = (int)Math.Min(buffer.Length, permit.Size - held);
            if (await RandomAccess.ReadAsync(file, buffer.AsMemory(0, length), held, cancellation).ConfigureAwait(false) != length)
                return $"{path} became shorter while it was read";

            var answer = await node.UploadAsync(permit, held, buffer.AsMemory(0, length), cancellation).ConfigureAwait(false);
            if (answer.Problem is not null) return answer.Problem;
            if (answer.Held < 0) return Finish(bar);

            // Somebody else may be uploading the same artifact: then its bytes grow without ours. Less than was sent is no progress.
            stalled = answer.Held >= held + length ? 0 : stalled + 1;
            if (stalled > 0) await Task.Delay(pause, cancellation).ConfigureAwait(false);
            held = answer.Held;
        }

        return "it takes no more bytes";
    }

    private static bool IsBusy(string problem) => problem is "too-many-requests" or "starting";

    private string? Finish(ProgressBar bar)
    {
        bar.Report(Math.Max(permit.Size, 1));
        return null;
    }
}
