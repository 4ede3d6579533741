using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output;

/// <param name="Status">A verdict of docs/protocol.md §9.</param>
/// <param name="Product">Of the agent.</param>
/// <param name="Channel">Of the agent.</param>
/// <param name="Version">The patch that the verdict is about; null where there is none.</param>
internal sealed record BootReport(string Status, string Product, string Channel, string? Version) : Report
{
    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console) =>
        console.MarkupLineInterpolated($"[bold]{Product}/{Channel}[/]: {Version ?? "no version"}: {Status}");
}
