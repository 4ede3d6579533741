using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Health;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

public class Health_decides
{
    [Fact]
    public async Task A_version_that_fails_gives_way_to_the_old_one_and_is_quarantined()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        var outcome = Assert.IsType<InstallOutcome.RolledBack>(
            await machine.InstallAsync(machine.Tree("2.0.0", bad: true)));

        Assert.Equal("unhealthy", outcome.Why.Name);
        Assert.Equal("1.0.0", outcome.To!.Version.ToString());
        Assert.Equal("1.0.0", machine.RunningVersion());
        var entry = Assert.Single((await machine.RecoverAsync()).Quarantined);
        Assert.Equal(new("tool", Machine.Version("2.0.0"), "the health command exited with 1"), entry);
    }

    [Fact]
    public async Task A_first_version_that_fails_leaves_nothing_current()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        var outcome = Assert.IsType<InstallOutcome.RolledBack>(
            await machine.InstallAsync(machine.Tree("1.0.0", bad: true)));

        Assert.Null(outcome.To);
        Assert.Null(machine.RunningVersion());
        Assert.Null((await machine.RecoverAsync()).Installed);
    }

    [Fact]
    public async Task A_command_that_failed_once_is_not_taken_for_a_success_on_the_second_run()
    {
        // Fails the first time only, as commands do that clean up after themselves.
        const string Script = "test -e \"$1/../ran\" || { touch \"$1/../ran\"; exit 3; }";
        using var machine = new Machine { Health = new(["/bin/sh", "-c", Script, "sh"]) };
        Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync(machine.Tree("1.0.0")));

        var again = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync(machine.Tree("1.0.0")));

        Assert.Equal("quarantined", again.Why.Name);
        Assert.Null(machine.RunningVersion());
    }

    [Fact]
    public async Task An_agent_that_died_while_asking_asks_again()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        foreach (var (version, bad) in new[] { ("2.0.0", true), ("3.0.0", false) })
        {
            await DieInProbeAsync(machine, machine.Tree(version, bad));
            Assert.Equal(version, machine.RunningVersion());

            var installer = machine.Start();
            Assert.Equal(InstallStep.Switched, installer.Step);
            var outcome = await installer.RecoverAsync(CancellationToken.None);

            if (bad) Assert.IsType<InstallOutcome.RolledBack>(outcome);
            else Assert.IsType<InstallOutcome.Installed>(outcome);
            Assert.Equal(bad ? "1.0.0" : version, machine.RunningVersion());
            Assert.Null(await installer.RecoverAsync(CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_stop_after_the_switch_waits_for_the_health_of_what_is_current()
    {
        using var machine = new Machine();
        using var stop = new CancellationTokenSource();
        var installing = InstallWaitingAsync(machine, machine.Tree("1.0.0"), "exit 0", stop);

        Assert.IsType<InstallOutcome.Installed>(await installing);
        Assert.Equal(InstallStep.Confirmed, machine.Start().Step);
    }

    [Fact]
    public async Task A_switch_that_was_never_carried_out_is_not_made_good_by_the_next_start()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        await DieInProbeAsync(machine, machine.Tree("2.0.0"));
        File.Delete(machine.Current);
        File.CreateSymbolicLink(machine.Current, "slots/a");

        var installer = machine.Start();
        Assert.Null(await installer.RecoverAsync(CancellationToken.None));
        Assert.Equal("1.0.0", machine.RunningVersion());
        Assert.Equal(InstallStep.Staged, installer.Step);
        Assert.Empty(installer.Quarantined);
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(machine.Tree("2.0.0")));
    }

    [Fact]
    public async Task A_version_that_vanished_before_it_was_asked_gives_way_to_the_old_one()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Tree("1.0.0"));
        await DieInProbeAsync(machine, machine.Tree("2.0.0"));
        Directory.Delete(Path.Combine(machine.Install, "slots", "b"), recursive: true);

        Assert.IsType<InstallOutcome.RolledBack>(await machine.Start().RecoverAsync(CancellationToken.None));
        Assert.Equal("1.0.0", machine.RunningVersion());
    }

    [Fact]
    public async Task A_failed_version_does_not_stay_where_somebody_emptied_the_way_back()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        await DieInProbeAsync(machine, machine.Tree("2.0.0", bad: true));
        Directory.Delete(Path.Combine(machine.Install, "slots", "a"), recursive: true);

        Assert.IsType<InstallOutcome.RolledBack>(await machine.Start().RecoverAsync(CancellationToken.None));
        Assert.Null(machine.RunningVersion());
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(machine.Tree("3.0.0")));
    }

    [Fact]
    public async Task Without_a_command_every_version_is_healthy()
    {
        using var machine = new Machine();
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(machine.Tree("1.0.0", bad: true)));
    }

    // As when a service is stopped with all its processes: the command is killed and the agent told to stop.
    private static async Task DieInProbeAsync(Machine machine, Payload payload)
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => InstallWaitingAsync(machine, payload, "kill -9 $$", stop));
    }

    // Asks to stop while the health command runs, which then ends as told.
    private static async Task<InstallOutcome> InstallWaitingAsync(
        Machine machine, Payload payload, string end, CancellationTokenSource stop)
    {
        const string Wait = "touch \"$1/../asked\"; while test -e \"$1/../asked\"; do sleep 0.05; done; ";
        string asked = Path.Combine(machine.Install, "slots", "asked");
        var installer = new Installer(
            machine.State, new TreeKind(machine.Install, new HealthCommand(["/bin/sh", "-c", Wait + end, "sh"])));
        await installer.RecoverAsync(CancellationToken.None);
        var installing = installer.InstallAsync(payload, stop.Token);
        while (!File.Exists(asked)) await Task.Delay(10);
        await stop.CancelAsync();
        File.Delete(asked);
        return await installing;
    }
}
