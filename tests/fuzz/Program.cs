using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SupplyChain.Fuzz.Tests.Inputs;
using SupplyChain.Fuzz.Tests.Readers;
using SupplyChain.Fuzz.Tests.Running;

// Exit codes: 0 nothing found, 1 something found, 2 usage.
Option<string[]> readerOption = new("--reader") { Description = "only this reader (see --list); may be repeated" };
Option<double?> secondsOption = new("--seconds") { Description = "time for all readers together; 60 unless --rounds is given" };
Option<int?> roundsOption = new("--rounds") { Description = "inputs for each reader" };
Option<int> seedOption = new("--seed") { Description = "the first seed; 1 unless given", DefaultValueFactory = _ => 1 };
Option<string?> replayOption = new("--replay") { Description = "READER:SEED, read one input again and show it" };
Option<bool> listOption = new("--list") { Description = "name the readers" };

RootCommand command = new("Feeds random and mutated bytes to every reader of bytes from outside. Something found is shown with the command that "
    + "replays it, cut down, and kept in tests/fuzz/corpus.")
{
    readerOption, secondsOption, roundsOption, seedOption, replayOption, listOption,
};
command.SetAction(Run);
ParseResult result = command.Parse(args);
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors) Console.Error.WriteLine(error.Message);
    return 2;
}

return result.Invoke();

int Run(ParseResult parsed)
{
    if (parsed.GetValue(listOption))
    {
        foreach (var reader in AllReaders.All) Console.WriteLine(reader.Name);
        return 0;
    }

    if (parsed.GetValue(replayOption) is { } replay) return Replay(replay);

    List<Reader> readers = [];
    foreach (string name in parsed.GetValue(readerOption) ?? [])
    {
        if (AllReaders.Find(name) is not { } reader) return Usage($"There is no reader '{name}'; --list names them.");
        readers.Add(reader);
    }

    if (readers.Count == 0) readers.AddRange(AllReaders.All);
    int? rounds = parsed.GetValue(roundsOption);
    double? seconds = parsed.GetValue(secondsOption) ?? (rounds is null ? 60 : null);
    if (rounds <= 0 || seconds <= 0) return Usage("--rounds and --seconds are above 0.");

    Budget each = new(rounds, seconds is null ? null : TimeSpan.FromSeconds(seconds.Value / readers.Count));
    return Report([.. readers.Select(reader => new Campaign(reader).Run(each, parsed.GetValue(seedOption)))]);
}

int Report(List<Tally> tallies)
{
    Table table = new Table().Border(TableBorder.Rounded).AddColumn("reader").AddColumn(new TableColumn("rounds").RightAligned())
        .AddColumn(new TableColumn("rounds/s").RightAligned()).AddColumn(new TableColumn("accepted").RightAligned()).AddColumn("found");
    foreach (var tally in tallies)
    {
        double speed = tally.Rounds / Math.Max(0.001, tally.Taken.TotalSeconds), share = 100.0 * tally.Accepted / Math.Max(1, tally.Rounds);
        table.AddRow(tally.Reader.Name, Number("0", tally.Rounds), Number("0", speed), Number("0.0", share) + " %",
            tally.Finding is { } found ? $"[red]{found.Fault}[/]" : "");
    }

    AnsiConsole.Write(table);
    Finding[] findings = [.. tallies.Select(tally => tally.Finding).OfType<Finding>()];
    foreach (var finding in findings) Show(finding);
    return findings.Length > 0 ? 1 : 0;
}

void Show(Finding finding)
{
    var small = Shrinking.Shrink(finding);
    Console.WriteLine();
    Console.WriteLine(small);
    if (finding.Fault != Fault.SampleRefused)
        Console.WriteLine($"  kept:   {Corpus.Keep(small.Reader.Name, $"{small.Fault}: {small.Detail}", small.Input)}");
}

int Replay(string text)
{
    int colon = text.LastIndexOf(':');
    if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int seed)
        || AllReaders.Find(text[..colon]) is not { } reader)
        return Usage("--replay takes READER:SEED; --list names the readers.");

    var tally = new Campaign(reader).Run(new Budget(Rounds: 1, Time: null), seed);
    if (tally.Finding is null)
    {
        Console.WriteLine($"{(tally.Accepted == 1 ? "accepted" : "refused")}: {Convert.ToBase64String(Mutation.Of(reader.Samples, seed))}");
        return 0;
    }

    Console.WriteLine(tally.Finding);
    return 1;
}

int Usage(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}

string Number(string format, double value) => value.ToString(format, CultureInfo.InvariantCulture);
