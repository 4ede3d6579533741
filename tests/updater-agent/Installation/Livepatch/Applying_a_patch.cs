using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

public class Applying_a_patch
{
    private const string NoIntent = """{"unsurvived":[]}""";

    [Fact]
    public async Task A_good_patch_is_in_force_and_confirmed()
    {
        using var machine = new PatchedMachine();
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.0.0"));

        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
        var installer = await machine.RecoverAsync();
        Assert.Equal("1.0.0", installer.Installed!.Version.ToString());
        Assert.Equal(InstallStep.Confirmed, installer.Step);
        Assert.Equal(NoIntent, File.ReadAllText(machine.Record));
    }

    [Fact]
    public async Task The_next_patch_takes_the_place_of_the_one_before()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("2.0.0"));
        Assert.Equal(["patch_2_0_0"], machine.Kernel.Loaded);
        Assert.Equal("1.0.0", (await machine.RecoverAsync()).Fallback!.Version.ToString());
    }

    [Fact]
    public async Task A_clean_refusal_is_no_crash_and_no_fault_of_the_version()
    {
        using var machine = new PatchedMachine();
        machine.Kernel.Errno = 16;
        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("1.0.0"));
        Assert.Equal(InstallRefusalReason.KernelRefused, refused.Why.Reason);
        Assert.Contains("error 16", refused.Why.Detail, StringComparison.Ordinal);
        Assert.Equal(NoIntent, File.ReadAllText(machine.Record));

        machine.Kernel.Errno = 0;
        var installer = await machine.RecoverAsync();
        Assert.Empty(installer.Quarantined);
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.0.0"));
    }

    [Fact]
    public async Task A_stalled_transition_is_turned_around_and_its_blocker_named()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        machine.Kernel.Stalls = true;
        machine.Kernel.Block();

        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("2.0.0"));
        Assert.Equal(InstallRefusalReason.TransitionStalled, refused.Why.Reason);
        Assert.Contains("sleeper (78) in wait_for_ever", refused.Why.Detail, StringComparison.Ordinal);
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Loaded);

        machine.Kernel.Stalls = false;
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("2.0.0"));
    }

    [Fact]
    public async Task A_transition_that_cannot_be_turned_around_waits_for_a_reboot_and_counts_since_it_may_yet_do_harm()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        (machine.Kernel.Stalls, machine.Kernel.StallsOut) = (true, true);
        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("2.0.0"));
        Assert.Contains("reboot to finish", refused.Why.Detail, StringComparison.Ordinal);
        (machine.Kernel.Stalls, machine.Kernel.StallsOut) = (false, false);

        machine.Kernel.Boot();
        var outcome = await machine.BootAsync();
        Assert.Equal(BootVerdict.Load, outcome.Verdict);
        Assert.Equal("2.0.0", outcome.WentDownWith!.Release.Version.ToString());
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
    }

    [Fact]
    public async Task An_agent_that_died_while_it_turned_a_transition_around_does_not_blame_the_version()
    {
        using var machine = new PatchedMachine();
        machine.Kernel.Stalls = true;
        machine.Kernel.OnDisable = _ => throw new MachineDiedException();
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("1.0.0"));

        machine.Kernel.Stalls = false;
        machine.Kernel.OnDisable = _ => { };
        var installer = await machine.RecoverAsync();
        Assert.Empty(installer.Quarantined);
        Assert.Equal("1.0.0", installer.Installed!.Version.ToString());
        Assert.Equal(2, machine.Kernel.Loads);
        Assert.Equal(NoIntent, File.ReadAllText(machine.Record));
    }

    [Fact]
    public async Task An_unhealthy_patch_leaves_the_kernel_and_the_one_before_comes_back()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        machine.IsHealthy = false;
        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync("2.0.0"));
        Assert.Equal(InstallRefusalReason.Unhealthy, back.Why.Reason);
        Assert.Null(back.Unfinished);
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Loaded);

        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync("2.0.0"));
        Assert.Equal(InstallRefusalReason.Quarantined, refused.Why.Reason);
    }

    [Fact]
    public async Task A_patch_that_cannot_leave_is_told_and_does_not_come_back()
    {
        using var machine = new PatchedMachine { IsHealthy = false };
        machine.Kernel.StallsOut = true;
        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync("1.0.0"));
        Assert.Contains("reboot to finish", back.Unfinished, StringComparison.Ordinal);

        machine.Kernel.Boot();
        await machine.BootAsync();
        Assert.Empty(machine.Kernel.Loaded);
    }

    [Fact]
    public Task A_patch_that_does_not_patch_is_rolled_back() => RolledBackAsync(
        InstallRefusalReason.PatchIncomplete, kernel => kernel.Set("sys/kernel/livepatch/patch_1_0_0/vmlinux/patched", "0\n"));

    [Fact]
    public Task A_patch_that_taints_the_kernel_otherwise_is_rolled_back() => RolledBackAsync(
        InstallRefusalReason.KernelComplained, kernel => kernel.Set("proc/sys/kernel/tainted", "45184\n"));

    [Fact]
    public Task A_patch_that_makes_the_kernel_complain_is_rolled_back() => RolledBackAsync(
        InstallRefusalReason.KernelComplained, kernel => kernel.Say(4, "WARNING: CPU: 0 PID: 1 at kernel/some.c:1"));

    [Fact]
    public async Task What_the_kernel_said_before_is_not_the_patchs_fault()
    {
        using var machine = new PatchedMachine();
        machine.Kernel.Set("proc/sys/kernel/tainted", "128\n");
        machine.Kernel.Say(1, "BUG: long ago");
        machine.Kernel.OnLoad = kernel => kernel.Set("proc/sys/kernel/tainted", "45184\n");
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.0.0"));
    }

    [Fact]
    public async Task An_operator_goes_back_to_the_one_before_and_then_to_the_bare_kernel()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        await machine.InstallAsync("2.0.0");
        Assert.IsType<InstallOutcome.RolledBack>(await (await machine.RecoverAsync()).RollBackAsync("it is slow"));
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);

        using var other = new PatchedMachine();
        await other.InstallAsync("1.0.0");
        var back = Assert.IsType<InstallOutcome.RolledBack>(await (await other.RecoverAsync()).RollBackAsync("it is slow"));
        Assert.Null(back.To);
        Assert.Empty(other.Kernel.Loaded);
        Assert.IsType<InstallOutcome.Refused>(await (await other.RecoverAsync()).RollBackAsync("again"));
    }

    private static async Task RolledBackAsync(InstallRefusalReason reason, Action<FakeKernel> harm)
    {
        using var machine = new PatchedMachine();
        machine.Kernel.OnLoad = harm;
        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync("1.0.0"));
        Assert.Equal(reason, back.Why.Reason);
        Assert.Empty(machine.Kernel.Loaded);
        Assert.Single((await machine.RecoverAsync()).Quarantined);
    }
}
