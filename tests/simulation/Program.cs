using System.CommandLine;
using SupplyChain.Simulation.Tests.CommandLine;
using SupplyChain.Simulation.Tests.World;

// dotnet run --project tests/simulation -- --help
// Exit codes: 0 everything held, 1 something did not, 2 usage.
var seeds = new Option<int>("--seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 100 };
var start = new Option<int>("--start") { Description = "The first of them.", DefaultValueFactory = _ => 0 };
var nodes = new Option<int?>("--nodes") { Description = "4 or 7 nodes; unless given, the seed says." };
var liar = new Option<string?>("--liar") { Description = "How the f liars lie; unless given, the seed says." };
var first = new Option<bool>("--first") { Description = "Stop at the first seed that breaks something." };
var replay = new Option<int?>("--replay") { Description = "Run this seed alone, twice, and compare the two runs." };
nodes.AcceptOnlyFromAmong("4", "7");
liar.AcceptOnlyFromAmong([.. Liars.Names]);

var command = new RootCommand("Runs whole networks of real node cores on one thread, from one seed each, and judges what they do.")
{
    seeds, start, nodes, liar, first, replay,
};
command.SetAction(parsed =>
{
    var (size, way) = (parsed.GetValue(nodes), parsed.GetValue(liar));
    if (parsed.GetValue(replay) is { } one) return SeedRun.Replay(Scenario.Of(one, size, way)) ? 0 : 1;

    string options = (size is null ? "" : $" --nodes {size}") + (way is null ? "" : $" --liar {way}");
    var scenarios = Enumerable.Range(parsed.GetValue(start), parsed.GetValue(seeds))
        .Select(seed => Scenario.Of(seed, size, way))
        .ToList();
    return SeedRun.Run(scenarios, parsed.GetValue(first), options) ? 0 : 1;
});

var parsing = command.Parse(args);
int code = parsing.Invoke();
return parsing.Errors.Count > 0 ? 2 : code;
