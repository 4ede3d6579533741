using System.ComponentModel;
using System.Diagnostics;

namespace SupplyChain.UpdaterAgent.Installation.Health;

/// <summary>What a probe found: a line for people, and the last the command wrote, which may hold anything.</summary>
internal sealed record HealthReport(bool IsHealthy, string Summary, string Output);

/// <summary>
/// The operator's health command (docs/protocol.md §9), started directly and without a shell. Only an exit with 0
/// within the time limit is healthy: a command that is missing, is killed or hangs is not. It has a session of its own,
/// so that Ctrl-C in the agent's terminal does not reach it.
/// </summary>
internal sealed class HealthCommand
{
    // util-linux; replaces itself with the command, so that its process is the command's.
    private const string OwnSession = "/usr/bin/setsid";
    private const int SignalBase = 128;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _command;
    private readonly TimeSpan _limit;
    private readonly Action<Process> _end;

    /// <param name="command">The program and its first arguments.</param>
    /// <param name="limit">Null for <see cref="DefaultLimit"/>.</param>
    /// <param name="end">Ends a command that hangs, with its children; null for <see cref="Process.Kill(bool)"/>.</param>
    public HealthCommand(IReadOnlyList<string> command, TimeSpan? limit = null, Action<Process>? end = null)
    {
        if (command.Count == 0) throw new ArgumentException("A command has at least a program.", nameof(command));

        _command = command;
        _limit = limit ?? DefaultLimit;
        _end = end ?? (process => process.Kill(entireProcessTree: true));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_limit, TimeSpan.Zero, nameof(limit));
    }

    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs the command with one more argument behind its own, to its end.</summary>
    /// <param name="lastArgument">The slot's path.</param>
    /// <param name="stop">Whether the agent was asked to stop. It does not end the command.</param>
    /// <exception cref="OperationCanceledException">
    /// A signal ended the command while the agent was asked to stop, as when a service is stopped with all its
    /// processes: that says nothing about its health.
    /// </exception>
    public async Task<HealthReport> RunAsync(string lastArgument, CancellationToken stop)
    {
        // The program that makes the session would report it as its own exit.
        if (_command[0].Contains('/') && !File.Exists(_command[0]))
            return new(false, $"the health command {_command[0]} cannot be started: it is not there", "");

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
        using var limit = new CancellationTokenSource(_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            string left = TryEnd(process) is { } why ? $", and not all of its processes could be ended: {why}" : "";
            return new(false, $"the health command did not end within {_limit.TotalSeconds:0.#} s{left}", tail.Text);
        }

        // What the command left running may keep the pipes open for ever.
        await Task.WhenAny(readers, Task.Delay(Grace, CancellationToken.None));
        if (process.ExitCode > SignalBase) await ThrowIfStoppingAsync(stop);
        return new(process.ExitCode == 0, $"the health command exited with {process.ExitCode}", tail.Text);
    }

    // Null when it ended. A process of another user, as sudo starts them, is not ours to end; it is told, and left.
    private string? TryEnd(Process process)
    {
        try
        {
            _end(process);
            return null;
        }
        catch (Exception refused) when (refused is AggregateException or Win32Exception)
        {
            return refused.GetBaseException().Message;
        }
    }

    // The signal that ended the command may reach the agent a little later.
    private static async Task ThrowIfStoppingAsync(CancellationToken stop)
    {
        await Task.Delay(Grace, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }

    private ProcessStartInfo StartInfo(string lastArgument)
    {
        IEnumerable<string> line = File.Exists(OwnSession) ? [OwnSession, .. _command] : _command;
        var start = new ProcessStartInfo(line.First())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in line.Skip(1)) start.ArgumentList.Add(argument);
        start.ArgumentList.Add(lastArgument);
        return start;
    }
}
