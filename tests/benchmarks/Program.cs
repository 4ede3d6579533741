using Spectre.Console;
using SupplyChain.Benchmarks;

// dotnet run -c Release --project tests/benchmarks [-- --signatures | --agent | --roots | --network | --demo]
// Everything, or one part: one signature, the agent alone, its way through two rotations, publishing, the demo.
string[] parts = ["--signatures", "--agent", "--roots", "--network", "--demo"];
if (args.Except(parts).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"{unknown} is no part of the benchmarks; they are {string.Join(", ", parts)}.");
    return 2;
}

bool Wants(string part) => args is [] || args.Contains(part);
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};

List<Figure> figures = [];
if (Wants("--signatures")) Add(SignatureFigures.Measure());
if (Wants("--agent")) await foreach (Figure figure in AgentFigures.MeasureAsync(cancellation.Token)) Add([figure]);
if (Wants("--roots")) Add(await RootFigures.MeasureAsync(cancellation.Token));
if (Wants("--network")) Add(await NetworkFigures.MeasureAsync(cancellation.Token));
if (Wants("--demo")) Add(await DemoFigures.MeasureAsync(cancellation.Token));

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
