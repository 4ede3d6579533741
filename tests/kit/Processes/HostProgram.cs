using System.Diagnostics;

namespace SupplyChain.Tests.Kit.Processes;

/// <summary>Runs one of the host's programs to its end, which must be a good one.</summary>
public static class HostProgram
{
    /// <inheritdoc cref="RunAsync(string, string, IReadOnlyList{string}, CancellationToken)"/>
    public static Task<string> RunAsync(string folder, string program, params string[] arguments) =>
        RunAsync(folder, program, arguments, CancellationToken.None);

    /// <param name="folder">Where it works.</param>
    /// <param name="program">Its name, or its path.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="cancellation">Ends it, and whatever it started.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended badly; the message has its words.</exception>
    public static async Task<string> RunAsync(
        string folder, string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            string output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
