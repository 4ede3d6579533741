using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output;

/// <summary>Something a node did instead of answering well.</summary>
/// <param name="Node">Its name in the trust root.</param>
/// <param name="Url">Where it was asked.</param>
/// <param name="What">Stable name: of a fault (docs/agent.md) or a rejection (docs/protocol.md §7).</param>
/// <param name="Detail">What was seen.</param>
internal sealed record NodeLine(string Node, string Url, string What, string Detail);

/// <summary>A node that is convicted of two histories.</summary>
/// <param name="Node">Its name in the trust root.</param>
/// <param name="Contradiction">What it signed.</param>
/// <param name="File">The evidence, for <c>share audit evidence</c>.</param>
internal sealed record EvidenceLine(string Node, string Contradiction, string File);

/// <summary>Lists of nodes, one form everywhere.</summary>
internal static class NodeLines
{
    public static void Print(IAnsiConsole console, string title, IReadOnlyList<NodeLine>? lines)
    {
        if (lines is null or []) return;

        console.MarkupLineInterpolated($"{title}:");
        foreach (var line in lines)
        {
            console.MarkupLineInterpolated($"  {line.Node} ({line.Url}) [bold]{line.What}[/]: {line.Detail}");
        }
    }

    public static void Print(IAnsiConsole console, IReadOnlyList<EvidenceLine>? lines)
    {
        foreach (var line in lines ?? [])
        {
            console.MarkupLineInterpolated($"[red]Signed two histories:[/] {line.Node} {line.Contradiction}; the proof is {line.File}");
        }
    }
}
