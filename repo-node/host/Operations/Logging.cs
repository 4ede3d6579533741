using System.Globalization;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;
using SupplyChain.RepoNode.Storage;

namespace SupplyChain.RepoNode.Operations;

/// <summary>
/// Structured logs: words on standard error, for whoever looks on; JSON in rolling files, for machines. No secret is
/// ever a property.
/// </summary>
internal static class Logging
{
    private const long MaxFileSize = 64 << 20;
    private const int FilesKept = 14;

    public static Serilog.Core.Logger Create(NodeFiles files) => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .WriteTo.Console(
            outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}",
            formatProvider: CultureInfo.InvariantCulture,
            standardErrorFromLevel: LogEventLevel.Verbose)
        .WriteTo.File(
            new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture),
            Path.Combine(files.Logs, "node-.json"),
            rollingInterval: RollingInterval.Day,
            fileSizeLimitBytes: MaxFileSize,
            rollOnFileSizeLimit: true,
            retainedFileCountLimit: FilesKept)
        .CreateLogger();
}
