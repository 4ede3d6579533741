using Spectre.Console;

namespace SupplyChain.UpdaterAgent.Output.Reports;

/// <param name="Version">That was rolled back here.</param>
/// <param name="Reason">Why.</param>
internal sealed record QuarantineLine(string Version, string Reason);

/// <param name="Origin">The network trusted.</param>
/// <param name="RootVersion">Of the trust root in use.</param>
/// <param name="RootExpires">Unix seconds; a warning when past.</param>
/// <param name="RootExpired">True when it is past: a warning, and nothing stops.</param>
/// <param name="Product">What is installed.</param>
/// <param name="Channel">Which channel is followed.</param>
/// <param name="Installed">The current version.</param>
/// <param name="InstalledIsVoid">True when a compromised key released or promoted it (docs/protocol.md §3).</param>
/// <param name="Step">How far the latest installation went (docs/protocol.md §9).</param>
/// <param name="Fallback">What <c>rollback</c> would go back to.</param>
/// <param name="Floor">The highest version verified for the channel that stands.</param>
/// <param name="TreeSize">Of the trusted checkpoint.</param>
/// <param name="LatestTime">Unix seconds: the network's clock was there already.</param>
/// <param name="Time">What this machine knows of the time (docs/protocol.md §7 step 4).</param>
/// <param name="ConfirmedAt">Unix seconds, by the nodes' clocks: when a quorum last told it.</param>
/// <param name="Evidence">Nodes convicted of two histories; null when none is.</param>
/// <param name="Quarantined">Versions that are not installed again.</param>
/// <param name="StateDamage">What is wrong with one copy of the trusted state.</param>
internal sealed record StatusReport(
    string Origin, ulong RootVersion, long RootExpires, bool? RootExpired, string Product, string Channel,
    string? Installed, bool? InstalledIsVoid, string? Step, string? Fallback, string? Floor, ulong? TreeSize, long LatestTime, string Time, long? ConfirmedAt,
    IReadOnlyList<EvidenceLine>? Evidence,
    IReadOnlyList<QuarantineLine> Quarantined, string? StateDamage)
    : Report
{
    internal override int ExitCode => Output.ExitCode.Done;

    public override void Print(IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("what", "value");
        Row("product", $"{Product}/{Channel}");
        Row("installed", Installed is null ? "nothing" : $"{Installed} ({Step ?? "unknown"})");
        if (InstalledIsVoid == true) Row("", "a compromised key released or promoted it: 'updater-agent install' brings what the channel offers");
        Row("falls back to", Fallback ?? "nothing");
        Row("newest verified", Floor ?? "nothing");
        Row("network", $"{Origin}, trust root {RootVersion} until {Quantity.Time(RootExpires)}{(RootExpired == true ? ", which is past: tell its maintainers" : "")}");
        Row("trusted log", TreeSize is { } size ? $"{Quantity.Count(size)} entries at {Quantity.Time(LatestTime)}" : "never checked");
        Row("time", ConfirmedAt is { } at ? $"{Time}, last by a quorum at {Quantity.Time(at)}" : Time);
        foreach (var line in Quarantined) Row("quarantined", $"{line.Version}: {line.Reason}");
        console.Write(table);
        NodeLines.Print(console, Evidence);
        PrintDamage(console, StateDamage);

        void Row(string what, string value) => table.AddRow(what, Markup.Escape(value));
    }
}
