using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

/// <summary>
/// The power is cut before every single disk operation of an installation, once with nothing lost, once with everything
/// lost that was not synced, and a few times with some of it lost. Then the agent starts again.
/// </summary>
public class A_power_cut_leaves_old_or_new
{
    private const int RandomLosses = 3;

    [Fact]
    public Task In_the_first_installation() => CutEverywhereAsync(
        prepare: _ => Task.CompletedTask,
        change: (installer, machine) => installer.InstallAsync(machine.Tree("1.0.0"), CancellationToken.None),
        before: null,
        after: "1.0.0");

    [Fact]
    public Task In_an_update() => CutEverywhereAsync(
        prepare: machine => machine.InstallAsync(machine.Tree("1.0.0")),
        change: (installer, machine) => installer.InstallAsync(machine.Tree("2.0.0"), CancellationToken.None),
        before: "1.0.0",
        after: "2.0.0");

    [Fact]
    public Task In_an_update_that_empties_the_slot_of_the_version_before() => CutEverywhereAsync(
        prepare: async machine =>
        {
            await machine.InstallAsync(machine.Tree("1.0.0"));
            await machine.InstallAsync(machine.Tree("2.0.0"));
        },
        change: (installer, machine) => installer.InstallAsync(machine.Tree("3.0.0"), CancellationToken.None),
        before: "2.0.0",
        after: "3.0.0");

    [Fact]
    public Task In_going_back_on_request() => CutEverywhereAsync(
        prepare: async machine =>
        {
            await machine.InstallAsync(machine.Tree("1.0.0"));
            await machine.InstallAsync(machine.Tree("2.0.0"));
        },
        change: (installer, _) => installer.RollBackAsync("operator"),
        before: "2.0.0",
        after: "1.0.0");

    [Fact]
    public async Task And_a_bad_version_never_stays()
    {
        for (int cut = 0; ; cut++)
        {
            using var machine = new Machine { Health = Machine.NothingBad };
            await machine.InstallAsync(machine.Tree("1.0.0"));
            var disk = new PowerCutDisk(cut);
            bool wasCut = await IsCutAsync(
                machine, disk, (agent, m) => agent.InstallAsync(m.Tree("2.0.0", bad: true), CancellationToken.None));
            disk.LoseUnsynced();

            var installer = await machine.RecoverAsync();
            Assert.Equal("1.0.0", machine.RunningVersion());
            Assert.Equal("1.0.0", installer.Installed!.Version.ToString());
            Assert.Equal(
                installer.Step == InstallStep.RolledBack, installer.IsQuarantined("tool", Machine.Version("2.0.0")));
            if (!wasCut) return;
        }
    }

    [Fact]
    public async Task And_a_second_cut_in_the_recovery_changes_nothing()
    {
        for (int cut = 0; ; cut++)
        {
            using var machine = new Machine();
            await machine.InstallAsync(machine.Tree("1.0.0"));
            bool wasCut = await IsCutAsync(
                machine,
                new PowerCutDisk(cut),
                (installer, m) => installer.InstallAsync(m.Tree("2.0.0"), CancellationToken.None));
            if (!wasCut) return;

            for (int again = 0; ; again++)
            {
                var disk = new PowerCutDisk(again);
                bool wasCutAgain = await IsCutAsync(machine, disk, (_, _) => Task.CompletedTask);
                disk.LoseUnsynced();
                Assert.True(machine.RunningVersion() is "1.0.0" or "2.0.0");
                if (!wasCutAgain) break;
            }

            await AssertKnowsWhatRunsAsync(machine, "1.0.0", "2.0.0");
        }
    }

    [Fact]
    public async Task And_this_test_sees_a_sync_that_is_missing()
    {
        int broken = 0;
        for (int cut = 0; ; cut++)
        {
            using var machine = new Machine();
            var disk = new PowerCutDisk(cut, filesAreSynced: false);
            bool wasCut = await IsCutAsync(
                machine, disk, (installer, m) => installer.InstallAsync(m.Tree("1.0.0"), CancellationToken.None));
            disk.LoseUnsynced();
            try
            {
                machine.Start();
                _ = machine.RunningVersion();
            }
            catch (Exception e) when (e is DamagedJournalException or Xunit.Sdk.XunitException)
            {
                broken++;
            }

            if (!wasCut) break;
        }

        Assert.NotEqual(0, broken);
    }

    private static async Task CutEverywhereAsync(
        Func<Machine, Task> prepare, Func<Installer, Machine, Task> change, string? before, string after)
    {
        bool wasCut = true;
        for (int cut = 0; wasCut; cut++)
        {
            for (int loss = -2; loss < RandomLosses; loss++)
            {
                using var machine = new Machine();
                await prepare(machine);
                var disk = new PowerCutDisk(cut);
                wasCut = await IsCutAsync(machine, disk, change);
                if (loss >= -1) disk.LoseUnsynced(loss < 0 ? null : new Random(loss));

                string? running = machine.RunningVersion();
                Assert.Contains(running, new[] { before, after });
                if (!wasCut) Assert.Equal(after, running);
                await AssertKnowsWhatRunsAsync(machine, before, after);
            }
        }
    }

    // After the recovery the agent's own account is what a program on the machine sees, and it goes on from there.
    private static async Task AssertKnowsWhatRunsAsync(Machine machine, string? before, string after)
    {
        var installer = await machine.RecoverAsync();
        string? running = machine.RunningVersion();
        Assert.Contains(running, new[] { before, after });
        Assert.Equal(running, installer.Installed?.Version.ToString());
        Assert.NotEqual(InstallStep.Switched, installer.Step);
        if (installer.Fallback is { } fallback) Assert.NotEqual(running, fallback.Version.ToString());

        Assert.IsType<InstallOutcome.Installed>(
            await installer.InstallAsync(machine.Tree("9.0.0"), CancellationToken.None));
        Assert.Equal("9.0.0", machine.RunningVersion());
        Assert.DoesNotContain(machine.Contents(), path => path.EndsWith(".new", StringComparison.Ordinal));
        if (running is null) return;

        Assert.IsType<InstallOutcome.RolledBack>(await installer.RollBackAsync("and back"));
        Assert.Equal(running, machine.RunningVersion());
    }

    private static async Task<bool> IsCutAsync(
        Machine machine, PowerCutDisk disk, Func<Installer, Machine, Task> change)
    {
        try
        {
            var installer = machine.Start(disk);
            await installer.RecoverAsync(CancellationToken.None);
            await change(installer, machine);
            return false;
        }
        catch (PowerCutException)
        {
            return true;
        }
    }
}
