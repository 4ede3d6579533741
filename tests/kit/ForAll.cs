namespace SupplyChain.Tests.Kit;

/// <summary>
/// Properties: a check is run on values drawn from many seeds, and a failure names the seed that broke it. The seeds are
/// 0, 1, 2 and so on, the same in every run; <c>ForAll.Seed(17, …)</c> runs one of them again.
/// </summary>
public static class ForAll
{
    /// <exception cref="SeedFailedException">The check threw for a seed; the first such seed is named.</exception>
    public static void Seeds(int count, Action<Random> check)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        for (int seed = 0; seed < count; seed++)
            Seed(seed, check);
    }

    public static void Seed(int seed, Action<Random> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        try
        {
            check(new Random(seed));
        }
        catch (Exception failure)
        {
            throw new SeedFailedException(seed, failure);
        }
    }
}
