using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Tests.Kit.Processes;

namespace SupplyChain.Benchmarks;

/// <summary>The whole demo with a payload of a kernel package's size, by the programs as their users get them.</summary>
internal static class DemoFigures
{
    private const int PayloadSize = 71_000_000;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken cancellation)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("supplychain-benchmark-");
        try
        {
            string payload = Path.Combine(folder.FullName, "payload"), programs = Path.Combine(folder.FullName, "programs");
            await File.WriteAllBytesAsync(payload, RandomNumberGenerator.GetBytes(PayloadSize), cancellation);
            await PublishedPrograms.PublishAsync(
                programs, cancellation, PublishedPrograms.Share, PublishedPrograms.RepoNode, PublishedPrograms.UpdaterAgent);
            string told = await HostProgram.RunAsync(
                programs, Path.Combine(programs, "share"), ["demo", "--payload", payload, "--json"], cancellation);

            using JsonDocument demo = JsonDocument.Parse(told);
            JsonElement figures = demo.RootElement;
            return
            [
                new Figure("demo with 71 MB, as published", figures.GetProperty("seconds").GetDouble(), 60, "s"),
                new Figure("node resident after the demo, largest", figures.GetProperty("nodeMemoryBytes").GetDouble() / 1e6, 200, "MB"),
                new Figure("round trips of a nothing-new check", figures.GetProperty("checkRequests").GetDouble(), 1, ""),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
