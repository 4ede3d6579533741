using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>The machine went down once with the confirmed patch; everyone still offers it.</summary>
public class A_patch_that_is_tried_again
{
    [Fact]
    public async Task Is_in_force_again_and_can_be_rolled_back_to_the_bare_kernel()
    {
        using var machine = await NotSurvivedAsync("1.0.0");
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.0.0"));
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);

        var back = Assert.IsType<InstallOutcome.RolledBack>(await (await machine.RecoverAsync()).RollBackAsync("it is slow"));
        Assert.Null(back.To);
        await StaysOutAsync(machine);
    }

    [Fact]
    public async Task Keeps_its_way_back_to_the_one_before()
    {
        using var machine = await NotSurvivedAsync("1.0.0", "2.0.0");
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("2.0.0"));

        var installer = await machine.RecoverAsync();
        Assert.Equal("1.0.0", installer.Fallback!.Version.ToString());
        Assert.IsType<InstallOutcome.RolledBack>(await installer.RollBackAsync("it is slow"));
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Loaded);
    }

    [Fact]
    public async Task Is_not_loaded_over_and_over_when_it_is_unhealthy_now()
    {
        using var machine = await NotSurvivedAsync("1.0.0");
        machine.IsHealthy = false;
        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync("1.0.0"));
        Assert.Null(back.To);
        await StaysOutAsync(machine);
    }

    [Fact]
    public async Task Is_given_up_when_the_machine_goes_down_with_it_again()
    {
        using var machine = await NotSurvivedAsync("1.0.0");
        machine.Kernel.DiesOnLoad = true;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("1.0.0"));
        machine.Kernel.DiesOnLoad = false;
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.NotSurvived, (await machine.BootAsync()).Verdict);
        await StaysOutAsync(machine);
    }

    [Fact]
    public async Task Is_given_up_when_the_machine_lives_with_it_for_a_while_and_dies_before_a_boot_went_well()
    {
        using var machine = await NotSurvivedAsync("1.0.0");
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.0.0"));

        // It dies some seconds after each load: before any command of the agent, at the next boot.
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.NotSurvived, (await machine.BootAsync()).Verdict);
        await StaysOutAsync(machine);
    }

    [Fact]
    public async Task Is_not_loaded_by_a_recovery_in_the_boot_that_left_it_out()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        machine.IsHealthy = false;
        await machine.InstallAsync("2.0.0");
        machine.Kernel.Boot();
        await machine.BootAsync();
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.NotSurvived, (await machine.BootAsync()).Verdict);

        await machine.RecoverAsync();
        Assert.Empty(machine.Kernel.Loaded);
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
    }

    [Fact]
    public async Task Is_given_up_also_when_the_kernel_did_not_take_it_the_second_time()
    {
        using var machine = await NotSurvivedAsync("1.0.0");
        machine.Kernel.Errno = 16;
        Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("1.0.0"));
        machine.Kernel.Errno = 0;

        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.NotSurvived, (await machine.BootAsync()).Verdict);
        await StaysOutAsync(machine);
    }

    [Fact]
    public async Task Is_staged_anew_where_its_bytes_are_damaged()
    {
        using var machine = await NotSurvivedAsync("1.0.0");
        File.AppendAllText(machine.SlotFile("a"), "more");
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.0.0"));
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);

        await machine.RecoverAsync();
        machine.Kernel.Boot();
        var outcome = await machine.BootAsync();
        Assert.Null(outcome.Failure);
        Assert.Equal("b", outcome.Placement!.Place);
    }

    private static async Task<PatchedMachine> NotSurvivedAsync(params string[] versions)
    {
        var machine = new PatchedMachine();
        foreach (string version in versions) Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(version));

        machine.Kernel.Boot();
        machine.Kernel.DiesOnLoad = true;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.BootAsync());
        machine.Kernel.DiesOnLoad = false;
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.NotSurvived, (await machine.BootAsync()).Verdict);
        Assert.Empty(machine.Kernel.Loaded);
        return machine;
    }

    private static async Task StaysOutAsync(PatchedMachine machine)
    {
        int loads = machine.Kernel.Loads;
        for (int starts = 0; starts < 3; starts++)
        {
            var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("1.0.0"));
            Assert.Equal(InstallRefusalReason.Quarantined, refused.Why.Reason);
            Assert.Empty(machine.Kernel.Loaded);
        }

        machine.Kernel.Boot();
        await machine.BootAsync();
        Assert.Equal(loads, machine.Kernel.Loads);
    }
}
