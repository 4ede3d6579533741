using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary>The log of <c>run</c>: to standard error for whoever started it, and to files that take a bounded room.</summary>
internal static class AgentLog
{
    private const string Template = "{Timestamp:yyyy-MM-ddTHH:mm:ssK} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const long FileSizeLimit = 5_000_000;
    private const int FileCountLimit = 4;

    public static Logger Create(string folder) => new LoggerConfiguration()
        .WriteTo.Console(
            outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Verbose)
        .WriteTo.File(
            Path.Combine(folder, "agent.log"), outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture,
            fileSizeLimitBytes: FileSizeLimit, rollOnFileSizeLimit: true, retainedFileCountLimit: FileCountLimit)
        .CreateLogger();
}
