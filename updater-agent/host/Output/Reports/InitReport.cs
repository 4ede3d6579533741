using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <summary>What a new agent trusts; the root's id is what to compare over another channel.</summary>
internal sealed record InitReport(
    string Origin, ulong RootVersion, string RootId, int Nodes, int Quorum, string Product, string Channel, string Install, string State)
    : Report
{
    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"Trusting [bold]{Origin}[/], root {RootVersion}: {Nodes} nodes, {Quorum} must agree.");
        console.MarkupLineInterpolated($"Compare this with what the maintainers publish: {RootId}");
        console.MarkupLineInterpolated($"{Product}/{Channel} goes to {Install}; state is in {State}.");
    }
}
