using Spectre.Console;
using SupplyChain.Benchmarks;

// dotnet run -c Release --project tests/benchmarks [-- --quick]
// --quick leaves out what needs the whole network.
bool quick = args.Contains("--quick");
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};

List<Figure> figures = [.. SignatureFigures.Measure()];
if (!quick) figures.AddRange(await NetworkFigures.MeasureAsync(cancellation.Token));
if (!quick) figures.AddRange(await DemoFigures.MeasureAsync(cancellation.Token));

Table table = new Table().Border(TableBorder.Rounded).Title("2 cores, Release, loopback")
    .AddColumn("figure").AddColumn(new TableColumn("measured").RightAligned())
    .AddColumn(new TableColumn("limit").RightAligned()).AddColumn(new TableColumn("ratio").RightAligned());
foreach (Figure figure in figures)
    table.AddRow(Markup.Escape(figure.Name), figure.Text(figure.Measured), figure.Text(figure.Limit),
        figure.Ratio <= 1 ? $"[green]{figure.Ratio:0.00}[/]" : $"[red]{figure.Ratio:0.00}[/]");
AnsiConsole.Write(table);
return figures.All(figure => figure.Ratio <= 1) ? 0 : 1;
