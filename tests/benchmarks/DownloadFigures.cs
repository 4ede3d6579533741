using System.Diagnostics;
using SupplyChain.MaintainerTools.Demo.Attacks;
using SupplyChain.UpdaterAgent.Core.Download;
using SupplyChain.UpdaterAgent.Downloads;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.Benchmarks;

/// <summary>
/// The agent's own downloader against <c>curl | sha256sum</c> of the same bytes from one of the same nodes, taking turns. Servers
/// and clients share the machine's cores on both sides.
/// </summary>
internal static class DownloadFigures
{
    private const int Turns = 3;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(PublishedPayload published, CancellationToken cancellation)
    {
        Uri[] honest = published.Network.Urls;
        await using var stalled = new StalledMirror();
        using var keys = NodeKeys.Seize(published.Network.DataOf(3));
        Uri liar = FreeUrl();
        await using var lying = new LyingMirror(liar, honest[3], new AlteredBytes(keys));
        // The bad ones first: their places in the order are the worst for the agent.
        Uri[] attacked = [stalled.Url, liar, honest[0], honest[1]];

        // Once for nothing: files into memory, code compiled.
        await AgentAsync(published, honest, cancellation);
        var curl = new List<double>();
        var well = new List<double>();
        var badly = new List<double>();
        for (int turn = 0; turn < Turns; turn++)
        {
            curl.Add(await CurlAsync(published, cancellation));
            well.Add(await AgentAsync(published, honest, cancellation));
            badly.Add(await AgentAsync(published, attacked, cancellation));
        }

        double peer = Figure.Median(curl);
        string name = $"curl | sha256sum, {Rate(published, peer)}";
        return
        [
            new Figure($"download from four nodes, {Rate(published, Figure.Median(well))}", peer / Figure.Median(well), 0.7, "×", AtLeast: true, name),
            new Figure($"with a liar and a stalled one, {Rate(published, Figure.Median(badly))}", peer / Figure.Median(badly), 0.5, "×", AtLeast: true, name),
        ];
    }

    private static async Task<double> AgentAsync(PublishedPayload published, Uri[] nodes, CancellationToken cancellation)
    {
        string folder = Path.Combine(published.Folder, "downloads");
        using HttpClient http = HttpTransport.Create(TransportLimits.Default);
        var client = new NodeClient(http, nodes, TransportLimits.Default, TimeProvider.System, new Traffic());
        var downloader = new Downloader(client, new DownloadFolder(folder), DownloadLimits.Default, TimeProvider.System);
        int[] order = [.. Enumerable.Range(0, nodes.Length)];
        long begin = Stopwatch.GetTimestamp();
        DownloadResult result = await downloader.Run(published.Artifact, order, new NoProgress(), cancellation);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (result.Outcome != DownloadOutcome.Whole) throw new InvalidOperationException($"the download ended as {result.Outcome}");

        Directory.Delete(folder, recursive: true);
        return seconds;
    }

    private static async Task<double> CurlAsync(PublishedPayload published, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"curl --silent --fail {published.ArtifactUrl} | sha256sum"])
        {
            RedirectStandardOutput = true,
        })!;
        string said = await shell.StandardOutput.ReadToEndAsync(cancellation);
        await shell.WaitForExitAsync(cancellation);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return said.StartsWith(published.Artifact.Sha256.ToHex(), StringComparison.Ordinal)
            ? seconds
            : throw new InvalidOperationException($"curl | sha256sum said {said}");
    }

    private static Uri FreeUrl()
    {
        using var port = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        port.Start();
        return new Uri($"http://{port.LocalEndpoint}/");
    }

    private static string Rate(PublishedPayload published, double seconds) => $"{published.Artifact.Size / seconds / 1e6:0} MB/s";

    private sealed class NoProgress : IDownloadProgress
    {
        public void Report(long keptBytes, long totalBytes)
        {
        }
    }
}
