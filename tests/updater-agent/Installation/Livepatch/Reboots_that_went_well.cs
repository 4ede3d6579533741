using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>Whatever was the last thing to happen before them, they never count against the patch in force.</summary>
public class Reboots_that_went_well
{
    [Fact]
    public async Task After_a_confirmation() => await NeverCountAsync(_ => Task.CompletedTask);

    [Fact]
    public async Task After_a_newer_patch_was_rolled_back() => await NeverCountAsync(async machine =>
    {
        machine.IsHealthy = false;
        Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync("2.0.0"));
        machine.IsHealthy = true;
    });

    [Fact]
    public async Task After_a_newer_patch_stalled() => await NeverCountAsync(async machine =>
    {
        machine.Kernel.Stalls = true;
        Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("2.0.0"));
        machine.Kernel.Stalls = false;
    });

    [Fact]
    public async Task After_a_newer_patch_took_the_machine_down() => await NeverCountAsync(async machine =>
    {
        machine.Kernel.DiesOnLoad = true;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("2.0.0"));
        machine.Kernel.DiesOnLoad = false;
    });

    [Fact]
    public async Task After_an_agent_died_between_the_intent_and_the_kernel() => await NeverCountAsync(async machine =>
    {
        // It never reached the kernel, which lives: whoever starts next sees that.
        machine.Kernel.DiesOnLoad = true;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("2.0.0"));
        machine.Kernel.DiesOnLoad = false;
        await machine.RecoverAsync();
        Assert.Equal("""{"unsurvived":[]}""", File.ReadAllText(machine.Record));
    });

    [Fact]
    public async Task After_a_boot_whose_transition_stalled_and_was_turned_around_late()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        machine.Kernel.Boot();
        (machine.Kernel.Stalls, machine.Kernel.StallsOut) = (true, true);
        Assert.False((await machine.BootAsync()).Failure!.IsVersionsFault);

        (machine.Kernel.Stalls, machine.Kernel.StallsOut) = (false, false);
        machine.Kernel.Set("sys/kernel/livepatch/patch_1_0_0/transition", "0\n");
        Assert.Empty((await machine.RecoverAsync()).Quarantined);
        Assert.Empty(machine.Kernel.Loaded);
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
    }

    [Fact]
    public async Task A_reboot_that_no_command_of_the_agent_saw_is_one_that_may_have_gone_wrong()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.NotSurvived, (await machine.BootAsync()).Verdict);
    }

    private static async Task NeverCountAsync(Func<PatchedMachine, Task> happens)
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        await happens(machine);
        for (int reboots = 0; reboots <= LivepatchLimits.MaxUnsurvived; reboots++)
        {
            machine.Kernel.Boot();
            Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
            Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
            await machine.RecoverAsync();
        }
    }
}
