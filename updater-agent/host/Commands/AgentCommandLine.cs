using System.CommandLine;
using System.CommandLine.Help;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary>The program's commands and options, and nothing of what they do.</summary>
internal sealed class AgentCommandLine(World world, Func<bool, Screen> screenOf)
{
    private const string DefaultState = "/var/lib/updater-agent";

    private readonly Option<string> _state = new("--state")
    {
        Description = "The agent's state folder.",
        DefaultValueFactory = _ => DefaultState,
        HelpName = "DIR",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "One JSON object on standard output, nothing else there.",
    };

    /// <returns>The exit code (docs/protocol.md §13).</returns>
    public async Task<int> Run(string[] arguments, CancellationToken stop)
    {
        var parsed = Build().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            string message = string.Join(" ", parsed.Errors.Select(error => error.Message));
            const string hint = "'updater-agent --help' lists commands and options.";
            screenOf(arguments.Contains("--json")).Show(new ErrorReport(new ErrorBody(ExitCode.Usage, "usage", message, hint)));
            return ExitCode.Usage;
        }

        // Signals and exceptions are ours: this program's exit codes are part of its interface.
        var ours = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
            Output = screenOf(false).Output,
        };
        return await parsed.InvokeAsync(ours, stop);
    }

    private RootCommand Build()
    {
        var root = new RootCommand("Installs what a quorum of repository nodes attests and a threshold of maintainers signed.")
        {
            Init(), Check(), Install(), Rollback(), Status(), Boot(), Background(),
        };
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new ExampleHelp();
        return root;
    }

    private AgentCommand Init()
    {
        var trustRoot = Required("--trust-root", "The trust root, as its publisher gave it.", "FILE");
        var product = Required("--product", "What to install.", "NAME");
        var channel = Required("--channel", "Which of its channels to follow.", "NAME");
        var install = Required("--install", "Where it is installed.", "DIR");
        var health = new Option<string?>("--health")
        {
            Description = "Program that gets the installed tree's path and exits 0 when all is well.",
            HelpName = "CMD",
        };
        var poll = new Option<int?>("--poll-seconds")
        {
            Description = "Between two looks of 'run'; an hour unless given.",
            HelpName = "N",
        };
        var kind = new Option<string?>("--kind")
        {
            Description = "What this agent installs: tree, or livepatch; tree unless given.",
            HelpName = "KIND",
        };
        const string example =
            "updater-agent init --trust-root root.json --product kernel --channel stable --install /opt/kernel --health /usr/local/bin/kernel-ok";
        return Define("init", "Make a new agent.", example, [trustRoot, product, channel, install, health, poll, kind], (parsed, folder, _, _) =>
        {
            var request = new InitCommand.Request(
                parsed.GetValue(trustRoot)!, parsed.GetValue(product)!, parsed.GetValue(channel)!,
                parsed.GetValue(install)!, parsed.GetValue(health), parsed.GetValue(poll), parsed.GetValue(kind));
            return Task.FromResult(new InitCommand(world).Run(folder, request));
        });
    }

    private AgentCommand Check() => Define("check", "Say what the channel offers.", "updater-agent check --json", [], async (_, folder, screen, stop) =>
    {
        using var session = AgentSession.Open(folder, world);
        return await CheckCommand.Run(session, screen, stop);
    });

    private AgentCommand Install()
    {
        var lift = new Option<bool>("--lift-quarantine") { Description = "Also install a version that was rolled back here." };
        return Define("install", "Install what the channel offers.", "updater-agent install", [lift], async (parsed, folder, screen, stop) =>
        {
            using var session = AgentSession.Open(folder, world);
            return await InstallCommand.Run(session, screen, parsed.GetValue(lift), inTurn: false, stop);
        });
    }

    private AgentCommand Rollback() => Define("rollback", "Go back to the version before.", "updater-agent rollback", [], async (_, folder, _, stop) =>
    {
        using var session = AgentSession.Open(folder, world);
        return await RollbackCommand.Run(session, stop);
    });

    private AgentCommand Status() => Define(
        "status", "Show what is installed and trusted.", "updater-agent status --json", [],
        (_, folder, _, _) => Task.FromResult(StatusCommand.Run(folder, world)));

    private AgentCommand Boot() => Define(
        "boot", "Early at boot: load the confirmed livepatch again.", "updater-agent boot --state /var/lib/updater-agent", [],
        async (_, folder, _, _) =>
        {
            using var session = AgentSession.Open(folder, world);
            return await BootCommand.Run(session);
        });

    private AgentCommand Background()
    {
        var checkOnly = new Option<bool>("--check-only") { Description = "Only look, install nothing." };
        const string example = "updater-agent run --check-only";
        return Define("run", "Keep looking and installing until stopped.", example, [checkOnly], async (parsed, folder, screen, stop) =>
        {
            AgentState.Load(folder, world.Disk);
            await using var log = AgentLog.Create(folder.Log);
            return await new RunCommand(world, log).Run(folder, screen, parsed.GetValue(checkOnly), stop);
        });
    }

    private AgentCommand Define(
        string name, string description, string example, Option[] options,
        Func<ParseResult, StateFolder, Screen, CancellationToken, Task<Report>> run)
    {
        var command = new AgentCommand(name, description, example) { _state, _json };
        foreach (var option in options) command.Add(option);
        command.SetAction(async (parsed, stop) =>
        {
            var screen = screenOf(parsed.GetValue(_json));
            var folder = new StateFolder(parsed.GetValue(_state)!);
            var report = await CommandGuard.Run(() => run(parsed, folder, screen, stop), stop);
            screen.Show(report);
            return report.ExitCode;
        });
        return command;
    }

    private static Option<string> Required(string name, string description, string value) =>
        new(name) { Description = description, Required = true, HelpName = value };
}
