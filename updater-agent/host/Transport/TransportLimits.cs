namespace SupplyChain.UpdaterAgent.Transport;

/// <summary>What one request may cost before its node counts as failed.</summary>
internal sealed record TransportLimits
{
    public static TransportLimits Default { get; } = new();

    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A whole small answer: checkpoint, bundle, tile.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A whole verity tree, 0.8 % of its artifact.</summary>
    public TimeSpan Tree { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Kilobytes of response headers.</summary>
    public int HeaderKilobytes { get; init; } = 16;
}
