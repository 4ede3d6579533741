using Xunit;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A test that needs what only root may do, such as mounting. Others skip it and are told; under CI, which is root, it
/// runs and fails.
/// </summary>
public sealed class NeedsRootFactAttribute : FactAttribute
{
    public NeedsRootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess && Environment.GetEnvironmentVariable("CI") != "true") Skip = "needs root";
    }
}
