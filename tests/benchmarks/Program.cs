using Spectre.Console;
using SupplyChain.Benchmarks;

// dotnet run -c Release --project tests/benchmarks [-- --quick | --agent]
// --quick leaves out what needs a network; --agent measures the agent alone, --roots its way through two rotations.
bool quick = args.Contains("--quick");
bool rootsOnly = args.Contains("--roots");
bool agentOnly = rootsOnly || args.Contains("--agent");
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};

List<Figure> figures = [];
if (!agentOnly) Add(SignatureFigures.Measure());
if (!quick && !rootsOnly) await foreach (Figure figure in AgentFigures.MeasureAsync(cancellation.Token)) Add([figure]);
if (!quick) Add(await RootFigures.MeasureAsync(cancellation.Token));
if (!quick && !agentOnly) Add(await NetworkFigures.MeasureAsync(cancellation.Token));
if (!quick && !agentOnly) Add(await DemoFigures.MeasureAsync(cancellation.Token));

Table table = new Table().Border(TableBorder.Rounded).Title("2 cores, Release, loopback")
    .AddColumn("figure").AddColumn(new TableColumn("measured").RightAligned())
    .AddColumn(new TableColumn("limit").RightAligned()).AddColumn(new TableColumn("of it").RightAligned()).AddColumn("beside");
foreach (Figure figure in figures)
    table.AddRow(Markup.Escape(figure.Name), figure.Text(figure.Measured), (figure.AtLeast ? "≥ " : "≤ ") + figure.Text(figure.Limit),
        figure.Ratio <= 1 ? $"[green]{figure.Ratio:0.00}[/]" : $"[red]{figure.Ratio:0.00}[/]", Markup.Escape(figure.Peer ?? ""));
AnsiConsole.Write(table);
return figures.All(figure => figure.Ratio <= 1) ? 0 : 1;

void Add(IEnumerable<Figure> measured)
{
    foreach (Figure figure in measured)
    {
        figures.Add(figure);
        Console.Error.WriteLine($"{figure.Name}: {figure.Text(figure.Measured)}");
    }
}
