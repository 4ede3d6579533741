using SupplyChain.UpdaterAgent.Output.Reports;

namespace SupplyChain.UpdaterAgent.Output;

/// <summary>Ends a command with this report; caught once, where commands are run.</summary>
internal sealed class CommandException(ErrorReport report) : Exception(report.Error.Message)
{
    public CommandException(int code, string name, string message, string hint)
        : this(new ErrorReport(new ErrorBody(code, name, message, hint)))
    {
    }

    public ErrorReport Report { get; } = report;
}
