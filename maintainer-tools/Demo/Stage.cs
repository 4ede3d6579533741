using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>Runs the product's programs for the acts, and turns a program that did not do what the act needs into a failed act.</summary>
internal sealed class Stage(CancellationToken cancellation)
{
    public CancellationToken Cancellation => cancellation;

    /// <summary>Runs `share`, which must end with 0.</summary>
    public Task<ChildResult> ShareAsync(IEnumerable<string> arguments, string? input = null) =>
        RunAsync(ChildProgram.Share, arguments, ExitCode.Done, input);

    /// <exception cref="ActFailed">The condition does not hold.</exception>
    public static void Must(bool condition, string otherwise)
    {
        if (!condition) throw new ActFailed(otherwise);
    }

    /// <summary>Runs a program, which must end with the given code.</summary>
    /// <exception cref="ActFailed">It ended with another.</exception>
    public async Task<ChildResult> RunAsync(string program, IEnumerable<string> arguments, ExitCode expected, string? input = null)
    {
        ChildResult result = await ChildProgram.RunAsync(program, arguments, input, cancellation);
        return result.ExitCode == (int)expected
            ? result
            : throw new ActFailed($"`{result.CommandLine}` ended with {result.ExitCode}, not {(int)expected}: {result.Said}");
    }
}

/// <summary>An act of the demo did not go as it must.</summary>
internal sealed class ActFailed(string message) : Exception(message);
