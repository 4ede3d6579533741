using System.CommandLine;
using SupplyChain.Simulation.Tests.CommandLine;
using SupplyChain.Simulation.Tests.Mutants;
using SupplyChain.Simulation.Tests.World;

// dotnet run --project tests/simulation -- --help
// Exit codes: 0 everything held, 1 something did not, 2 usage.
var seeds = new Option<int>("--seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 100 };
var start = new Option<int>("--start") { Description = "The first of them.", DefaultValueFactory = _ => 0 };
var nodes = new Option<int?>("--nodes") { Description = "4 or 7 nodes; unless given, the seed says." };
var liar = new Option<string?>("--liar")
{
    Description = $"How the f liars lie; unless given, the seed says. One of {string.Join(", ", Liars.Names)}.",
    HelpName = "way",
};
var first = new Option<bool>("--first") { Description = "Stop at the first seed that breaks something." };
var replay = new Option<int?>("--replay") { Description = "Run this seed alone, twice, and compare both runs." };
var mutants = new Option<bool>("--mutants")
{
    Description =
        "Take one rule after the other out of the core; the run recorded with each mutant must kill it.",
};
var mutant = new Option<string?>("--mutant") { Description = "This mutant alone.", HelpName = "name" };
var search = new Option<bool>("--search")
{
    Description = "With --mutants or --mutant: look among --seeds for the first run that kills it, instead.",
};
mutant.AcceptOnlyFromAmong([.. Mutant.All.Select(known => known.Name)]);
nodes.AcceptOnlyFromAmong("4", "7");
liar.AcceptOnlyFromAmong([.. Liars.Names]);

var command = new RootCommand(
    "Runs whole networks of real node cores on one thread, from one seed each, and judges what they do.")
{
    seeds, start, nodes, liar, first, replay, mutants, mutant, search,
};
command.SetAction(parsed =>
{
    var (size, way) = (parsed.GetValue(nodes), parsed.GetValue(liar));
    if (parsed.GetValue(replay) is { } one) return SeedRun.Replay(Scenario.Of(one, size, way)) ? 0 : 1;

    if (parsed.GetValue(mutants) || parsed.GetValue(mutant) is not null)
    {
        List<Mutant> chosen = [.. Mutant.All.Where(known => known.Name == (parsed.GetValue(mutant) ?? known.Name))];
        bool killed = parsed.GetValue(search)
            ? MutantRun.Search(chosen, parsed.GetValue(start), parsed.GetValue(seeds))
            : MutantRun.RunKnown(chosen);
        return killed ? 0 : 1;
    }

    string options = (size is null ? "" : $" --nodes {size}") + (way is null ? "" : $" --liar {way}");
    var scenarios = Enumerable.Range(parsed.GetValue(start), parsed.GetValue(seeds))
        .Select(seed => Scenario.Of(seed, size, way))
        .ToList();
    return SeedRun.Run(scenarios, parsed.GetValue(first), options) ? 0 : 1;
});

var parsing = command.Parse(args);
int code = parsing.Invoke();
return parsing.Errors.Count > 0 ? 2 : code;
