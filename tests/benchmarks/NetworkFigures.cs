using System.Security.Cryptography;
using SupplyChain.MaintainerTools.Demo;
using SupplyChain.MaintainerTools.Demo.Cast;

namespace SupplyChain.Benchmarks;

/// <summary>Four real nodes and real submissions, one after the other; the payload is small, so that agreement is what is timed.</summary>
internal static class NetworkFigures
{
    private const int Publications = 7;
    private const int PayloadSize = 1_000_000;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("supplychain-benchmark-").FullName;
        string file = Path.Combine(folder, "payload.bin");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(PayloadSize), cancellation);

        var stage = new Stage(cancellation);
        var payload = new Payload(file, "benchmark");
        var maintainers = new Maintainers(folder, stage);
        await using var network = new NodeNetwork(folder, stage);
        var desk = new ReleaseDesk(folder, payload, maintainers, network, stage);
        await maintainers.HoldCeremonyAsync();
        await network.InitialiseAsync();
        await desk.FoundAsync();
        await network.StartAsync();

        var seconds = new List<double>();
        for (int i = 0; i < Publications; i++) seconds.Add((await desk.PublishAsync($"1.0.{i}")).TotalSeconds);

        using var http = new HttpClient { BaseAddress = network.Urls[0] };
        byte[] checkpoint = await http.GetByteArrayAsync(new Uri("checkpoint", UriKind.Relative), cancellation);
        byte[] proof = await http.GetByteArrayAsync(
            new Uri($"latest/{Release.Product}/{Release.Channel}?from=2", UriKind.Relative), cancellation);
        Directory.Delete(folder, recursive: true);

        return
        [
            new Figure($"publish to certified, median of {Publications}", Figure.Median(seconds), 1.5, "s"),
            new Figure("nothing-new check, body", checkpoint.Length, 1000, "B"),
            new Figure("new-release proof", proof.Length, 6000, "B"),
        ];
    }
}
