using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using SupplyChain.MaintainerTools.Commands.TrustRoots;
using SupplyChain.MaintainerTools.Demo;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Commands;

/// <summary>The command line of <c>share</c>.</summary>
internal static class ShareCommand
{
    // The demo stops four nodes before it goes.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(20);

    public static RootCommand Build()
    {
        var root = new RootCommand("Threshold keys, releases and trust roots for people who sign software updates together.")
        {
            IdCommands.Build(),
            CeremonyCommands.Build(),
            SignCommands.Build(),
            ReleaseCommands.Build(),
            PromotionCommands.BuildPromote(),
            PromotionCommands.BuildRevoke(),
            PublisherCommands.Build(),
            SubmitCommand.Build(),
            TrustCommands.Build(),
            AuditCommands.Build(),
            SignatureCommands.Build(),
            DemoCommand.Build(),
        };
        root.Options.Add(new Option<bool>(Leaf.JsonName)
        {
            Description = "Print one JSON object on standard output and nothing else there.",
            Recursive = true,
        });
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new ExampleHelp();
        return root;
    }

    /// <summary>Parses and runs; usage errors end with exit code 2, which the parser itself would not do.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var parsed = Build().Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            string command = "share" + CommandPath(parsed.CommandResult);
            var failure = CommandFailure.Usage("usage", string.Join(' ', parsed.Errors.Select(e => e.Message)), $"see `{command} --help`");
            return (int)Leaf.Report(failure, new Screen(output, error), arguments.Contains(Leaf.JsonName));
        }

        var configuration = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = TimeToStop };
        return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
    }

    private static string CommandPath(System.CommandLine.Parsing.SymbolResult? result) => result switch
    {
        System.CommandLine.Parsing.CommandResult { Parent: not null } command => $"{CommandPath(command.Parent)} {command.Command.Name}",
        _ => "",
    };

    /// <summary>The help text, with the command's example below.</summary>
    private sealed class ExampleHelp : SynchronousCommandLineAction
    {
        private readonly HelpAction _standard = new();

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = _standard.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Leaf leaf)
                parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {leaf.Example}\n");
            return code;
        }
    }
}
