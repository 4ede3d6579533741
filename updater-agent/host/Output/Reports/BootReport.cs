using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <param name="Status">A verdict of docs/protocol.md §9.</param>
/// <param name="Product">Of the agent.</param>
/// <param name="Channel">Of the agent.</param>
/// <param name="Version">The patch that the verdict is about; null where there is none.</param>
/// <param name="NotSurvived">The patch that the machine's last boot ended with while its fate was open; null where there is none.</param>
internal sealed record BootReport(string Status, string Product, string Channel, string? Version, string? NotSurvived) : Report
{
    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{Product}/{Channel}[/]: {Version ?? "no version"}: {Status}");
        if (NotSurvived is not null) console.MarkupLineInterpolated($"[yellow]The machine went down with {NotSurvived} before.[/]");
    }
}
