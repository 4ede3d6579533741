using System.Diagnostics;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Simulation.Tests.Mutants;

/// <summary>
/// Compiles the core's sources with one replacement, by the SDK's own compiler, against the assemblies that are built
/// already: a few seconds where a build of the project would take many.
/// </summary>
internal static class MutantCompiler
{
    private const string CoreAssembly = "SupplyChain.RepoNode.Core.dll";

    private static readonly string CoreFolder = Path.Combine(RepositoryRoot.Path, "repo-node", "core");
    private static readonly string Runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    private static readonly string DotnetFolder = Path.GetFullPath(Path.Combine(Runtime, "..", "..", ".."));
    private static readonly Lazy<string> Compiler = new(FindCompiler);

    // What the SDK adds to every project of ours by ImplicitUsings.
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("1.0.0.0")]
        """;

    public static string Dotnet { get; } = Path.Combine(DotnetFolder, "dotnet");

    /// <summary>Puts a whole simulator with the mutant as its core into an empty folder.</summary>
    /// <returns>The program to start with <see cref="Dotnet"/>.</returns>
    /// <exception cref="InvalidOperationException">
    /// The text does not stand in its file exactly once, or the mutant does not compile.
    /// </exception>
    public static string Build(Mutant mutant, string folder)
    {
        string program = CopySimulator(folder);
        string mutated = Path.Combine(folder, "mutated.cs");
        string usings = Path.Combine(folder, "usings.cs");
        string source = Path.Combine(CoreFolder, mutant.File);
        File.WriteAllText(mutated, Mutate(mutant));
        File.WriteAllText(usings, Usings);

        string answers = Path.Combine(folder, "compiler.rsp");
        File.WriteAllLines(answers,
        [
            "-nologo", "-nostdlib+", "-target:library", "-langversion:14", "-nullable:enable", "-checked+",
            "-optimize+", "-deterministic+", "-warn:0", $"-out:{Quoted(Path.Combine(folder, CoreAssembly))}",
            .. References().Select(path => $"-reference:{Quoted(path)}"),
            .. Sources().Where(path => path != source).Select(Quoted), Quoted(mutated), Quoted(usings),
        ]);
        var (exit, output) = Run(Dotnet, [Compiler.Value, "-noconfig", $"@{answers}"]);
        return exit == 0
            ? program
            : throw new InvalidOperationException($"mutant {mutant.Name} does not compile:\n{output}");
    }

    /// <summary>The source file with the replacement.</summary>
    /// <exception cref="InvalidOperationException">The text does not stand in it exactly once.</exception>
    public static string Mutate(Mutant mutant)
    {
        string source = File.ReadAllText(Path.Combine(CoreFolder, mutant.File));
        int found = source.Split(mutant.Text).Length - 1;
        return found == 1
            ? source.Replace(mutant.Text, mutant.Replacement, StringComparison.Ordinal)
            : throw new InvalidOperationException(
                $"mutant {mutant.Name}: its text stands {found} times in {mutant.File}, and must stand there once");
    }

    /// <summary>The program with all it needs except the core.</summary>
    private static string CopySimulator(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            bool isNeeded = Path.GetExtension(file) is ".dll" or ".json" && Path.GetFileName(file) != CoreAssembly;
            if (isNeeded) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, Path.GetFileName(typeof(MutantCompiler).Assembly.Location));
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(CoreFolder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    // The runtime's own assemblies, and those that the core's project references.
    private static IEnumerable<string> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Runtime
                || Path.GetFileName(path) is "SupplyChain.Protocol.dll" or "SupplyChain.ThresholdSig.dll");

    // The SDK that global.json asks for.
    private static string FindCompiler()
    {
        var (_, version) = Run(Dotnet, ["--version"]);
        string compiler = Path.Combine(DotnetFolder, "sdk", version.Trim(), "Roslyn", "bincore", "csc.dll");
        return File.Exists(compiler)
            ? compiler
            : throw new InvalidOperationException($"There is no compiler at {compiler}.");
    }

    private static (int Exit, string Output) Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static string Quoted(string path) => $"\"{path}\"";
}
