using System.CommandLine;
using Microsoft.Data.Sqlite;
using SupplyChain.Protocol;

namespace SupplyChain.RepoNode.Commands;

/// <summary>
/// The command line of the program, and the one place where a failure becomes words and an exit code.
/// </summary>
internal static class NodeCommand
{
    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON object on standard output.",
        Recursive = true,
    };

    public static async Task<int> InvokeAsync(string[] args)
    {
        var root = new RootCommand("One of the repository nodes that together keep the log of releases.")
        {
            Json,
            InitCommand.Create(),
            RunCommand.Create(),
            StatusCommand.Create(),
        };

        var parsed = root.Parse(args);
        // A running node ends by its own rules (RunCommand); everything else is over in no time.
        var invocation = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        if (parsed.Errors.Count > 0)
        {
            string message = string.Join(' ', parsed.Errors.Select(error => error.Message));
            new Screen(args.Contains(Json.Name)).Failure(
                new CommandFailure(ExitCode.Usage, "usage", message, "repo-node --help lists commands and options."));
            return (int)ExitCode.Usage;
        }

        return await parsed.InvokeAsync(invocation);
    }

    /// <summary>Gives a command its action.</summary>
    internal static Command Runs(
        this Command command, Func<ParseResult, Screen, CancellationToken, Task<ExitCode>> action)
    {
        command.SetAction(async (parsed, stop) => (int)await RunAsync(parsed, action, stop));
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        ParseResult parsed, Func<ParseResult, Screen, CancellationToken, Task<ExitCode>> action, CancellationToken stop)
    {
        var screen = new Screen(parsed.GetValue(Json));
        try
        {
            return await action(parsed, screen, stop);
        }
        catch (CommandFailure failure)
        {
            screen.Failure(failure);
            return failure.Code;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException
            or SqliteException or InvariantBrokenException)
        {
            var known = NodeFailure.Of(failure);
            screen.Failure(known);
            return known.Code;
        }
    }
}
