namespace SupplyChain.Tests.Kit;

/// <summary>A property did not hold for the values drawn from one seed.</summary>
public sealed class SeedFailedException(int seed, Exception failure)
    : Exception($"Seed {seed}: {failure.Message}", failure)
{
    public int Seed { get; } = seed;
}
