using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using SupplyChain.MaintainerTools.Demo.Cast;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Demo;

/// <summary>Tells what happens: one line an act, a spinner while it runs on a terminal, a table at the end.</summary>
/// <param name="screen">Where to tell it.</param>
/// <param name="quiet">Standard output is for the one JSON object; the acts are told beside it.</param>
internal sealed class Narrator(Screen screen, bool quiet)
{
    private readonly List<JsonObject> _acts = [];

    /// <summary>Performs one act and tells how it went.</summary>
    /// <param name="title">What happens in it.</param>
    /// <param name="act">Does it, and returns what it showed.</param>
    public async Task ActAsync(string title, Func<Task<string>> act)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            string shown = await screen.WithStatusAsync(status =>
            {
                status(title + " …");
                return act();
            });
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            _acts.Add(new JsonObject { ["title"] = title, ["shown"] = shown, ["seconds"] = Math.Round(seconds, 3) });
            Tell($"[bold]{_acts.Count}  {Markup.Escape(title)}[/] [grey]({seconds:0.0} s)[/]\n   [green]✓[/] {Markup.Escape(shown)}\n");
        }
        catch (ActFailed)
        {
            Tell($"[bold]{_acts.Count + 1}  {Markup.Escape(title)}[/]\n   [red]✗ did not go as it must[/]\n");
            throw;
        }
    }

    /// <summary>A line of the result, with Spectre's markup.</summary>
    public void Tell(string markup)
    {
        if (!quiet) screen.Show(new Markup(markup));
    }

    public void ShowFigures(Figures figures, Payload payload, TimeSpan whole)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("measured").AddColumn(new TableColumn("").RightAligned());
        table.AddRow($"key ceremony, five people, scrypt 2^{Maintainers.WorkFactor}", Seconds(figures.Ceremony));
        table.AddRow("publish to certified, without the upload", Seconds(figures.PublishToCertified));
        table.AddRow("update check, nothing new", $"{figures.CheckBytes} B in {figures.CheckTime.TotalMilliseconds:0} ms");
        table.AddRow("download, every piece checked", $"{figures.DownloadRate / 1e6:0} MB/s");
        table.AddRow("largest node, resident", $"{figures.NodeMemory / 1e6:0} MB");
        table.AddRow($"everything, with {payload.Size / 1e6:0.0} MB", Seconds(whole));
        screen.Show(table);
    }

    public JsonObject ToJson(Figures figures, Payload payload, TimeSpan whole) => new()
    {
        ["acts"] = Outcome.Array(_acts),
        ["payload"] = new JsonObject { ["file"] = payload.Path, ["bytes"] = payload.Size },
        ["ceremonySeconds"] = Math.Round(figures.Ceremony.TotalSeconds, 3),
        ["publishToCertifiedSeconds"] = Math.Round(figures.PublishToCertified.TotalSeconds, 3),
        ["checkBytes"] = figures.CheckBytes,
        ["checkRequests"] = figures.CheckRequests,
        ["checkMilliseconds"] = Math.Round(figures.CheckTime.TotalMilliseconds, 1),
        ["downloadBytesPerSecond"] = Math.Round(figures.DownloadRate),
        ["nodeMemoryBytes"] = figures.NodeMemory,
        ["seconds"] = Math.Round(whole.TotalSeconds, 3),
    };

    private static string Seconds(TimeSpan span) => $"{span.TotalSeconds:0.00} s";
}
