using System.Runtime.CompilerServices;

namespace SupplyChain.Benchmarks;

/// <summary>What the agent costs, measured on one network of four real nodes.</summary>
internal static class AgentFigures
{
    private const long PayloadSize = 1_000_000_000;

    public static async IAsyncEnumerable<Figure> MeasureAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using PublishedPayload published = await PublishedPayload.PublishAsync(PayloadSize, cancellation);
        foreach (Figure figure in await DownloadFigures.MeasureAsync(published, cancellation)) yield return figure;
        foreach (Figure figure in await CheckFigures.MeasureAsync(published, cancellation)) yield return figure;
        foreach (Figure figure in await RestingFigures.MeasureAsync(published, cancellation)) yield return figure;
    }
}
