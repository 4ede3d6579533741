using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <summary>The exit code, a stable name in kebab case, what happened, and what to do about it.</summary>
internal sealed record ErrorBody(int Code, string Name, string Message, string Hint);

/// <param name="Error">What happened.</param>
/// <param name="Answers">With <c>not-enough-answers</c>: what each node answered.</param>
/// <param name="Liars">Nodes that gave other bytes than attested.</param>
/// <param name="Failures">Nodes asked in vain.</param>
/// <param name="Evidence">Nodes convicted of two histories.</param>
/// <param name="Time">What this machine knows of the time, when that is not <c>confirmed</c>.</param>
internal sealed record ErrorReport(
    ErrorBody Error,
    IReadOnlyList<NodeLine>? Answers = null,
    IReadOnlyList<NodeLine>? Liars = null,
    IReadOnlyList<NodeLine>? Failures = null,
    IReadOnlyList<EvidenceLine>? Evidence = null,
    string? Time = null)
    : Report
{
    internal override int ExitCode => Error.Code;

    public override void Print(IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[red]{Error.Name}[/]: {Error.Message}");
        NodeLines.Print(console, "Answers", Answers);
        NodeLines.Print(console, "Lied", Liars);
        NodeLines.Print(console, "Asked in vain", Failures);
        NodeLines.Print(console, Evidence);
        if (Time == "starved") console.MarkupLineInterpolated($"[red]Starved:[/] no quorum has confirmed the time for longer than a day.");
        console.MarkupLineInterpolated($"{Error.Hint}");
    }
}
