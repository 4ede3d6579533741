using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <param name="Product">Of the agent.</param>
/// <param name="Channel">Of the agent.</param>
/// <param name="From">The version that was left, now quarantined.</param>
/// <param name="To">The one that is current again; null when nothing is.</param>
/// <param name="Unfinished">What is left to do.</param>
internal sealed record RollbackReport(string Product, string Channel, string From, string? To, string? Unfinished) : Report
{
    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{Product}/{Channel}[/]: back on {To ?? "nothing"}; {From} is quarantined");
        if (Unfinished is not null) console.MarkupLineInterpolated($"[yellow]Not done yet:[/] {Unfinished}");
    }
}
