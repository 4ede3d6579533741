using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <param name="Cycles">How often the agent looked.</param>
/// <param name="Installed">How many versions it installed.</param>
/// <param name="Failures">Cycles that did not end well.</param>
internal sealed record RunReport(int Cycles, int Installed, int Failures) : Report
{
    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console) =>
        console.MarkupLineInterpolated($"stopped after {Cycles} cycles, {Installed} installed, {Failures} failed");
}
