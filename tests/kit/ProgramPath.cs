namespace SupplyChain.Tests.Kit;

/// <summary>Where this machine's programs are.</summary>
public static class ProgramPath
{
    public static bool Has(string program) => Find(program) is not null;

    /// <exception cref="FileNotFoundException">No folder of the path holds it.</exception>
    public static string Of(string program) => Find(program) ?? throw new FileNotFoundException($"There is no {program} on the path.");

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
