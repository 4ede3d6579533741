using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <summary>What a channel offers: the id is that of the release statement, the bytes are those of its payload.</summary>
internal sealed record ReleaseLine(string Version, string? UpstreamVersion, string Severity, string Kind, ulong Bytes, string Id);

/// <summary>What <c>check</c> found.</summary>
internal sealed record CheckReport : Report
{
    /// <summary><c>up-to-date</c>, <c>update-available</c>, <c>nothing-released</c> or <c>held</c>.</summary>
    public required string Status { get; init; }

    public required string Product { get; init; }

    public required string Channel { get; init; }

    public string? Installed { get; init; }

    public ReleaseLine? Available { get; init; }

    /// <summary>With <c>held</c>: why.</summary>
    public string? Held { get; init; }

    /// <summary>Of the checkpoint that this answer rests on.</summary>
    public required ulong TreeSize { get; init; }

    /// <summary>Unix seconds: the median of the attestations that count.</summary>
    public required long AttestedAt { get; init; }

    public required int Attestations { get; init; }

    public required int Nodes { get; init; }

    /// <summary>Of the trust root in use now.</summary>
    public required ulong RootVersion { get; init; }

    /// <summary>True when its time is over: a warning, and nothing stops.</summary>
    public bool? RootExpired { get; init; }

    /// <summary>HTTP requests this check took.</summary>
    public required long Requests { get; init; }

    /// <summary>Of response bodies.</summary>
    public required long Bytes { get; init; }

    public required double Milliseconds { get; init; }

    /// <summary>Nodes asked in vain.</summary>
    public required IReadOnlyList<NodeLine> Failures { get; init; }

    /// <summary>Nodes convicted of two histories; null when none is.</summary>
    public IReadOnlyList<EvidenceLine>? Evidence { get; init; }

    public string? StateDamage { get; init; }

    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{Product}/{Channel}[/]: {Sentence()}");
        string log = $"log of {Quantity.Count(TreeSize)} entries, attested by {Attestations} of {Nodes} nodes at {Quantity.Time(AttestedAt)}";
        console.MarkupLineInterpolated($"[dim]{log}; {Requests} requests, {Quantity.Bytes(Bytes)}, {Milliseconds:0} ms[/]");
        if (RootExpired == true) console.MarkupLineInterpolated($"[yellow]Trust root {RootVersion} has expired: tell its maintainers.[/]");
        NodeLines.Print(console, "Asked in vain", Failures);
        NodeLines.Print(console, Evidence);
        PrintDamage(console, StateDamage);
    }

    private string Sentence() => Status switch
    {
        "update-available" =>
            $"{Available!.Version} is available ({Available.Severity}, {Quantity.Bytes(Available.Bytes)}), installed is {Installed ?? "nothing"}",
        "held" => $"{Available!.Version} is held here: {Held}",
        "nothing-released" => "nothing was released yet",
        _ => $"up to date with {Installed}",
    };
}
