using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <summary>What <c>install</c> did.</summary>
internal sealed record InstallReport : Report
{
    /// <summary><c>installed</c>, <c>already-installed</c>, <c>nothing-released</c> or <c>held</c>.</summary>
    public required string Status { get; init; }

    public required string Product { get; init; }

    public required string Channel { get; init; }

    public string? Version { get; init; }

    /// <summary>Installed before.</summary>
    public string? Previous { get; init; }

    /// <summary>Id of the release.</summary>
    public string? Release { get; init; }

    /// <summary>With <c>held</c>: why.</summary>
    public string? Held { get; init; }

    /// <summary>Of the checkpoint that the decision rests on.</summary>
    public required ulong TreeSize { get; init; }

    /// <summary>Of the artifact, fetched now.</summary>
    public long DownloadBytes { get; init; }

    /// <summary>Of the artifact, kept from an earlier run.</summary>
    public long ResumedBytes { get; init; }

    /// <summary>The download took.</summary>
    public double Seconds { get; init; }

    /// <summary>Nodes that gave pieces.</summary>
    public IReadOnlyList<string> NodesUsed { get; init; } = [];

    /// <summary>Nodes that gave bytes other than those attested, and what they did.</summary>
    public IReadOnlyList<NodeLine> Liars { get; init; } = [];

    /// <summary>What else failed on the way.</summary>
    public required IReadOnlyList<NodeLine> Failures { get; init; }

    /// <summary>Nodes convicted of two histories; null when none is.</summary>
    public IReadOnlyList<EvidenceLine>? Evidence { get; init; }

    public string? StateDamage { get; init; }

    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{Product}/{Channel}[/]: {Sentence()}");
        if (NodesUsed.Count > 0)
        {
            double rate = Seconds > 0 ? DownloadBytes / Seconds : 0;
            string resumed = ResumedBytes == 0 ? "" : $"; {Quantity.Bytes(ResumedBytes)} were here already";
            string took = $"{Quantity.Bytes(DownloadBytes)} in {Quantity.Seconds(Seconds)} ({Quantity.Bytes(rate)}/s)";
            console.MarkupLineInterpolated($"[dim]{took} from {string.Join(", ", NodesUsed)}{resumed}[/]");
        }

        NodeLines.Print(console, "Lied", Liars);
        NodeLines.Print(console, "Failed on the way", Failures);
        NodeLines.Print(console, Evidence);
        PrintDamage(console, StateDamage);
    }

    private string Sentence() => Status switch
    {
        "installed" => $"installed {Version}{(Previous is null ? "" : $", before it {Previous}")}",
        "held" when Held == "quarantined" => $"{Version} was rolled back here and is quarantined; --lift-quarantine installs it again",
        "held" => $"{Version} is held here: {Held}",
        "nothing-released" => "nothing was released yet",
        _ => $"{Version} is installed already",
    };
}
