using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output;

/// <summary>The version that was left, now quarantined, and the one that is current again.</summary>
internal sealed record RollbackReport(string Product, string Channel, string From, string To) : Report
{
    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console) =>
        console.MarkupLineInterpolated($"[bold]{Product}/{Channel}[/]: back on {To}; {From} is quarantined");
}
