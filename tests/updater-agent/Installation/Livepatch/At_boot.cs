using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

public class At_boot
{
    [Fact]
    public async Task The_confirmed_patch_is_loaded_again()
    {
        using var machine = await ConfirmedAsync();
        await BootsAsync(machine, BootVerdict.Load, "patch_1_0_0");
        Assert.Equal(BootVerdict.Loaded, (await machine.BootAsync()).Verdict);
        Assert.Equal("1.0.0", (await machine.RecoverAsync()).Installed!.Version.ToString());

        await BootsAsync(machine, BootVerdict.Load, "patch_1_0_0");
    }

    [Fact]
    public async Task Where_nothing_was_installed_nothing_is_loaded()
    {
        using var machine = new PatchedMachine();
        await BootsAsync(machine, BootVerdict.NothingConfirmed);
    }

    [Fact]
    public async Task A_patch_whose_application_the_machine_did_not_survive_is_not_loaded_and_the_confirmed_one_is_and_after_two_never_again()
    {
        using var machine = await ConfirmedAsync();
        machine.Kernel.DiesOnLoad = true;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("2.0.0"));
        machine.Kernel.DiesOnLoad = false;
        await BootsAsync(machine, BootVerdict.Load, "patch_1_0_0");

        // The agent tries it once more, as everyone still offers it.
        machine.Kernel.DiesOnLoad = true;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("2.0.0"));
        machine.Kernel.DiesOnLoad = false;
        await BootsAsync(machine, BootVerdict.Load, "patch_1_0_0");

        var installer = await machine.RecoverAsync();
        Assert.Equal("2.0.0", Assert.Single(installer.Quarantined).Version.ToString());
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("2.0.0"));
        Assert.Equal(InstallRefusalReason.Quarantined, refused.Why.Reason);
    }

    [Fact]
    public async Task A_machine_without_the_boot_unit_counts_too()
    {
        using var machine = new PatchedMachine();
        machine.Kernel.DiesOnLoad = true;
        for (int times = 0; times < LivepatchLimits.MaxUnsurvived; times++)
        {
            await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("1.0.0"));
            machine.Kernel.Boot();
        }

        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("1.0.0"));
        Assert.Equal(InstallRefusalReason.Quarantined, refused.Why.Reason);
        Assert.Equal(LivepatchLimits.MaxUnsurvived, machine.Kernel.Loads);
    }

    [Fact]
    public async Task A_confirmed_patch_that_boots_do_not_survive_is_given_up()
    {
        using var machine = await ConfirmedAsync();
        machine.Kernel.DiesOnLoad = true;
        for (int times = 0; times < LivepatchLimits.MaxUnsurvived; times++)
        {
            machine.Kernel.Boot();
            await Assert.ThrowsAsync<MachineDiedException>(() => machine.BootAsync());
            await BootsAsync(machine, BootVerdict.NotSurvived);
        }

        await BootsAsync(machine, BootVerdict.Quarantined);
        Assert.Single((await machine.RecoverAsync()).Quarantined);
    }

    [Fact]
    public async Task A_patch_that_was_not_confirmed_when_the_machine_went_down_is_not_loaded()
    {
        using var machine = new PatchedMachine();
        machine.Kernel.OnLoad = _ => throw new MachineDiedException();
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("1.0.0"));
        machine.Kernel.OnLoad = _ => { };
        await BootsAsync(machine, BootVerdict.NotSurvived);
    }

    [Fact]
    public async Task An_agent_that_died_on_a_living_machine_goes_on_and_counts_nothing()
    {
        using var machine = new PatchedMachine();
        machine.Kernel.OnLoad = _ => throw new MachineDiedException();
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("1.0.0"));

        var installer = machine.Start().Installer;
        Assert.IsType<InstallOutcome.Installed>(await installer.RecoverAsync(CancellationToken.None));
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
        Assert.Equal(1, machine.Kernel.Loads);
    }

    [Fact]
    public async Task A_kill_switch_on_the_command_line_loads_nothing_and_forgets_nothing()
    {
        using var machine = await ConfirmedAsync();
        machine.Kernel.Boot("quiet supplychain.livepatch=off");
        Assert.Equal(BootVerdict.SwitchedOff, (await machine.BootAsync()).Verdict);
        Assert.Empty(machine.Kernel.Loaded);
        await BootsAsync(machine, BootVerdict.Load, "patch_1_0_0");
    }

    [Fact]
    public async Task A_revoked_patch_is_not_loaded()
    {
        using var machine = await ConfirmedAsync();
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Revoked, (await machine.BootAsync(isRevoked: true)).Verdict);
        Assert.Empty(machine.Kernel.Loaded);
    }

    [Fact]
    public async Task Another_kernel_supersedes_the_patch()
    {
        using var machine = await ConfirmedAsync();
        machine.Facts = machine.Facts with { KernelRelease = "6.1.0-newer" };
        await BootsAsync(machine, BootVerdict.Superseded);
    }

    [Fact]
    public async Task Bytes_that_changed_in_their_slot_are_not_loaded()
    {
        using var machine = await ConfirmedAsync();
        File.AppendAllText(machine.SlotFile("a"), "more");
        machine.Kernel.Boot();
        var outcome = await machine.BootAsync();
        Assert.Equal(InstallRefusalReason.PayloadMismatch, outcome.Failure!.Why.Reason);
        Assert.Equal(1, machine.Kernel.Loads);
    }

    [Fact]
    public async Task After_a_rollback_the_one_before_is_loaded()
    {
        using var machine = await ConfirmedAsync();
        machine.IsHealthy = false;
        await machine.InstallAsync("2.0.0");
        await BootsAsync(machine, BootVerdict.Load, "patch_1_0_0");
    }

    [Fact]
    public async Task A_power_cut_at_any_write_leaves_a_machine_that_boots_what_was_confirmed_or_nothing()
    {
        bool wasCut = true;
        for (int cut = 0; wasCut; cut++)
        {
            using var machine = await ConfirmedAsync();
            var disk = new PowerCutDisk(cut);
            var (installer, _) = machine.Start(disk);
            wasCut = false;
            try
            {
                await installer.RecoverAsync(CancellationToken.None);
                await installer.InstallAsync(machine.Patch("2.0.0"), CancellationToken.None);
            }
            catch (PowerCutException)
            {
                wasCut = true;
            }

            disk.LoseUnsynced();
            machine.Kernel.Boot();
            var outcome = await machine.BootAsync();
            Assert.Contains(outcome.Verdict, new[] { BootVerdict.Load, BootVerdict.NotSurvived, BootVerdict.NothingConfirmed });
            if (!wasCut) Assert.Equal(["patch_2_0_0"], machine.Kernel.Enabled);

            Assert.True(await machine.InstallAsync("2.0.0") is InstallOutcome.Installed
                or InstallOutcome.Refused { Why.Reason: InstallRefusalReason.AlreadyInstalled });
            Assert.Equal(["patch_2_0_0"], machine.Kernel.Loaded);
        }
    }

    private static async Task<PatchedMachine> ConfirmedAsync()
    {
        var machine = new PatchedMachine();
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.0.0"));
        return machine;
    }

    private static async Task BootsAsync(PatchedMachine machine, BootVerdict expected, params string[] loaded)
    {
        machine.Kernel.Boot();
        var outcome = await machine.BootAsync();
        Assert.Null(outcome.Failure);
        Assert.Equal(expected, outcome.Verdict);
        Assert.Equal(loaded, machine.Kernel.Enabled);
    }
}
