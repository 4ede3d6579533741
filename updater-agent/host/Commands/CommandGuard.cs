using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary>
/// The one place where what the world does to a command becomes its report. Broken invariants pass: they stop the process.
/// </summary>
internal static class CommandGuard
{
    public static async Task<Report> Run(Func<Task<Report>> command, CancellationToken stop)
    {
        try
        {
            return await command();
        }
        catch (CommandException error)
        {
            return error.Report;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Error(ExitCode.Interrupted, "interrupted", "Stopped on request.", "What was downloaded is kept.");
        }
        catch (MissingLibraryException error)
        {
            return Error(ExitCode.Environment, "library-missing", error.Message, "Install the package and try again.");
        }
        catch (DamagedJournalException error)
        {
            const string hint =
                "Restore it from a backup, or remove it: that forgets the quarantine, the way back and a health check still to come.";
            return Error(ExitCode.Failed, "install-journal-damaged", error.Message, hint);
        }
        catch (UnauthorizedAccessException error)
        {
            const string hint = "Run as the user that owns the state and install folders.";
            return Error(ExitCode.Environment, "permission-denied", error.Message, hint);
        }
        catch (IOException error)
        {
            return Error(ExitCode.Failed, "disk-failed", error.Message, "Look at the disk: is it full, or read-only?");
        }
    }

    private static ErrorReport Error(int code, string name, string message, string hint) =>
        new(new ErrorBody(code, name, message, hint));
}
