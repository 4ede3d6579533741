using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary>A command of the program, with a command line that shows it at work.</summary>
internal sealed class AgentCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;
}

/// <summary>The usual help text, with the command's example below.</summary>
internal sealed class ExampleHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _standard = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = _standard.Invoke(parseResult);
        if (parseResult.CommandResult.Command is AgentCommand command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {command.Example}\n");
        }

        return code;
    }
}
