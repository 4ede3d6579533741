using Serilog;
using SupplyChain.UpdaterAgent.Core;
using SupplyChain.UpdaterAgent.Output;
using SupplyChain.UpdaterAgent.Output.Reports;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Updating;

namespace SupplyChain.UpdaterAgent.Commands;

/// <summary>
/// <c>run</c>: checks, and installs, again and again until it is asked to stop. The lock is held during a cycle and not
/// between two, so that an operator's command finds its turn.
/// </summary>
internal sealed class RunCommand(World world, ILogger log)
{
    private int _cycles;
    private int _installed;
    private int _failures;
    private bool _hasBegunWell;

    public async Task<Report> Run(StateFolder folder, Screen screen, bool checkOnly, CancellationToken stop)
    {
        var schedule = new PollSchedule(AgentState.Load(folder, world.Disk, world.Root).Config.Poll);
        log.Information("Watching {Folder}, every {Seconds} s", folder.Path, schedule.Interval.TotalSeconds);
        for (int failuresInARow = 0; !stop.IsCancellationRequested;)
        {
            bool well = await Cycle(folder, screen, checkOnly, stop);
            failuresInARow = well ? 0 : failuresInARow + 1;
            var wait = schedule.NextWait(failuresInARow, world.Random.NextDouble());
            log.Debug("Next look in {Seconds} s", wait.TotalSeconds);
            await Task.Delay(wait, world.Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        log.Information("Stopped");
        return new RunReport(_cycles, _installed, _failures);
    }

    // Whatever goes wrong in a cycle is told, and the next one comes: nothing wedges the agent.
    private async Task<bool> Cycle(StateFolder folder, Screen screen, bool checkOnly, CancellationToken stop)
    {
        _cycles++;
        var report = await CommandGuard.Run(
            async () =>
            {
                using var session = AgentSession.Open(folder, world);
                // Whatever was told before this process was started is asked anew.
                bool isFirst = !_hasBegunWell;
                return checkOnly
                    ? await CheckCommand.Run(session, screen, stop, confirmTime: isFirst)
                    : await InstallCommand.Run(session, screen, liftQuarantine: false, inTurn: true, stop, confirmTime: isFirst);
            },
            stop);
        Tell(report);
        bool isWell = report.ExitCode == ExitCode.Done;
        _hasBegunWell |= isWell;
        return isWell;
    }

    private void Tell(Report report)
    {
        switch (report)
        {
            case ErrorReport { Error.Code: ExitCode.Interrupted }:
                break;
            case ErrorReport error:
                _failures++;
                log.Warning("{Name}: {Message}", error.Error.Name, error.Error.Message);
                if (error.Time == "starved") log.Error("Starved: no quorum has confirmed the time for longer than a day");
                Tell(error.Evidence);
                Tell("Lied", error.Liars);
                Tell("Asked in vain", error.Answers ?? error.Failures);
                break;
            case InstallReport { Status: "installed" } install:
                _installed++;
                log.Information("Installed {Product} {Version}, before it {Previous}", install.Product, install.Version, install.Previous);
                Tell("Lied", install.Liars);
                Tell("Asked in vain", install.Failures);
                Tell(install.Evidence);
                break;
            case InstallReport install:
                log.Information("{Product}: {Status} {Version}", install.Product, install.Status, install.Version);
                Tell("Asked in vain", install.Failures);
                Tell(install.Evidence);
                break;
            case CheckReport check:
                log.Information("{Product}: {Status} {Version}", check.Product, check.Status, check.Available?.Version ?? check.Installed);
                Tell("Asked in vain", check.Failures);
                Tell(check.Evidence);
                break;
        }
    }

    private void Tell(IReadOnlyList<EvidenceLine>? convicted)
    {
        foreach (var line in convicted ?? [])
        {
            log.Error("Signed two histories: {Node} {Contradiction}; the proof is {File}", line.Node, line.Contradiction, line.File);
        }
    }

    private void Tell(string what, IReadOnlyList<NodeLine>? lines)
    {
        foreach (var line in lines ?? [])
        {
            log.Warning("{What}: {Node} ({Url}) {Fault}: {Detail}", what, line.Node, line.Url, line.What, line.Detail);
        }
    }
}
