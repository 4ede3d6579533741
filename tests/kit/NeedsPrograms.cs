using Xunit;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A test that holds us against somebody else's programs. Where one is missing it is skipped and says which; under CI,
/// which installs them all, it runs and fails.
/// </summary>
public sealed class NeedsProgramsFactAttribute : FactAttribute
{
    public NeedsProgramsFactAttribute(params string[] programs)
    {
        Programs = programs;
        string[] missing = [.. programs.Where(program => !ProgramPath.Has(program))];
        if (missing.Length > 0 && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"needs {string.Join(", ", missing)}, see README.md";
    }

    public IReadOnlyList<string> Programs { get; }
}
