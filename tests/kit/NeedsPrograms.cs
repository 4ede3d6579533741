using Xunit;

namespace SupplyChain.Tests.Kit;

/// <summary>
/// A test that holds us against somebody else's programs. Where one is missing it is skipped and says which; under CI,
/// which installs them all, it runs and fails.
/// </summary>
public sealed class NeedsProgramsFactAttribute : FactAttribute
{
    // Debian's package of each program that is not on every machine.
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["age"] = "age",
        ["go"] = "golang-go golang-golang-x-mod-dev",
        ["script"] = "bsdutils",
        ["systemctl"] = "systemd",
        ["systemd-analyze"] = "systemd",
        ["tar"] = "tar",
        ["zstd"] = "zstd",
    };

    public NeedsProgramsFactAttribute(params string[] programs)
    {
        Programs = programs;
        string[] missing = [.. programs.Where(program => !ProgramPath.Has(program))];
        if (missing.Length > 0 && Environment.GetEnvironmentVariable("CI") != "true")
        {
            var packages = missing.Select(program => Packages[program]).Distinct();
            Skip = $"needs {string.Join(", ", missing)}: apt-get install --no-install-recommends {string.Join(' ', packages)}";
        }
    }

    public IReadOnlyList<string> Programs { get; }
}
