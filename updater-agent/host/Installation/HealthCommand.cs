using System.ComponentModel;
using System.Diagnostics;

namespace SupplyChain.UpdaterAgent.Installation;

/// <summary>What a probe found: a line for people, and the last the command wrote, which may hold anything.</summary>
internal sealed record HealthReport(bool IsHealthy, string Summary, string Output);

/// <summary>
/// The operator's health command (docs/protocol.md §9), started directly and without a shell. Only an exit with 0
/// within the time limit is healthy: a command that is missing, is killed or hangs is not.
/// </summary>
internal sealed class HealthCommand
{
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _command;
    private readonly TimeSpan _limit;

    /// <param name="command">The program and its first arguments.</param>
    /// <param name="limit">Null for <see cref="DefaultLimit"/>.</param>
    public HealthCommand(IReadOnlyList<string> command, TimeSpan? limit = null)
    {
        if (command.Count == 0) throw new ArgumentException("A command has at least a program.", nameof(command));

        _command = command;
        _limit = limit ?? DefaultLimit;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_limit, TimeSpan.Zero, nameof(limit));
    }

    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs the command with one more argument behind its own.</summary>
    public async Task<HealthReport> RunAsync(string lastArgument, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = StartInfo(lastArgument) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new(false, $"the health command {_command[0]} cannot be started: {e.Message}", "");
        }

        process.StandardInput.Close();
        var tail = new OutputTail();
        var readers = Task.WhenAll(
            tail.FollowAsync(process.StandardOutput.BaseStream), tail.FollowAsync(process.StandardError.BaseStream));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            return new(false, $"the health command did not end within {_limit.TotalSeconds:0.#} s", tail.Text);
        }

        // What the command left running may keep the pipes open for ever.
        await Task.WhenAny(readers, Task.Delay(OutputGrace, cancellation));
        return new(process.ExitCode == 0, $"the health command exited with {process.ExitCode}", tail.Text);
    }

    private ProcessStartInfo StartInfo(string lastArgument)
    {
        var start = new ProcessStartInfo(_command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in _command.Skip(1)) start.ArgumentList.Add(argument);
        start.ArgumentList.Add(lastArgument);
        return start;
    }
}
