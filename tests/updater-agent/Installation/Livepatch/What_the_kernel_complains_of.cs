using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>It never stays in force, whoever loaded it and whoever died meanwhile.</summary>
public class What_the_kernel_complains_of
{
    [Fact]
    public async Task At_boot_leaves_the_kernel_and_the_one_before_comes_back()
    {
        using var machine = await ConfirmedAsync("1.0.0", "2.0.0");
        machine.Kernel.Boot();
        machine.Kernel.OnLoad = Complain;
        var outcome = await machine.BootAsync();
        Assert.Equal(InstallRefusalReason.KernelComplained, outcome.Failure!.Why.Reason);
        Assert.Empty(machine.Kernel.Loaded);

        machine.Kernel.OnLoad = _ => { };
        var installer = await machine.RecoverAsync();
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
        Assert.Equal("2.0.0", Assert.Single(installer.Quarantined).Version.ToString());

        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
    }

    [Fact]
    public async Task At_boot_is_not_forgotten_by_an_agent_that_died_meanwhile()
    {
        using var machine = await ConfirmedAsync("1.0.0");
        machine.Kernel.Boot();
        machine.Kernel.OnLoad = ComplainAndDie;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.BootAsync());

        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.Start().Installer.RecoverAsync(CancellationToken.None));
        Assert.Equal(InstallRefusalReason.KernelComplained, back.Why.Reason);
        Assert.Empty(machine.Kernel.Loaded);
        Assert.Single((await machine.RecoverAsync()).Quarantined);
    }

    [Fact]
    public async Task Later_is_not_the_fault_of_a_patch_that_was_found_good_at_boot()
    {
        using var machine = await ConfirmedAsync("1.0.0");
        machine.Kernel.Boot();
        await machine.BootAsync();
        Complain(machine.Kernel);
        Assert.Empty((await machine.RecoverAsync()).Quarantined);
        Assert.Equal(["patch_1_0_0"], machine.Kernel.Enabled);
    }

    [Fact]
    public async Task While_it_is_installed_is_not_forgotten_by_an_agent_that_died_meanwhile()
    {
        using var machine = new PatchedMachine();
        machine.Kernel.OnLoad = ComplainAndDie;
        await Assert.ThrowsAsync<MachineDiedException>(() => machine.InstallAsync("1.0.0"));

        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.Start().Installer.RecoverAsync(CancellationToken.None));
        Assert.Equal(InstallRefusalReason.KernelComplained, back.Why.Reason);
        Assert.Empty(machine.Kernel.Loaded);
    }

    [Fact]
    public async Task On_the_way_back_leaves_the_bare_kernel()
    {
        using var machine = await ConfirmedAsync("1.0.0", "2.0.0");
        machine.Kernel.OnLoad = Complain;
        var back = Assert.IsType<InstallOutcome.RolledBack>(await (await machine.RecoverAsync()).RollBackAsync("it is slow"));
        Assert.Null(back.To);
        Assert.Contains("1.0.0 is not in force", back.Unfinished, StringComparison.Ordinal);
        await StaysBareAsync(machine);
    }

    [Fact]
    public async Task On_the_way_back_is_not_forgotten_by_an_agent_that_died_meanwhile()
    {
        using var machine = await ConfirmedAsync("1.0.0", "2.0.0");
        var installer = await machine.RecoverAsync();
        machine.Kernel.OnLoad = ComplainAndDie;
        await Assert.ThrowsAsync<MachineDiedException>(() => installer.RollBackAsync("it is slow"));

        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.Start().Installer.RecoverAsync(CancellationToken.None));
        Assert.Equal("1.0.0", back.Failed.Version.ToString());
        await StaysBareAsync(machine);
    }

    private static void Complain(FakeKernel kernel) => kernel.Say(4, "WARNING: CPU: 0 PID: 1 at kernel/some.c:1");

    private static void ComplainAndDie(FakeKernel kernel)
    {
        Complain(kernel);
        throw new MachineDiedException();
    }

    private static async Task StaysBareAsync(PatchedMachine machine)
    {
        machine.Kernel.OnLoad = _ => { };
        int loads = machine.Kernel.Loads;
        Assert.Empty(machine.Kernel.Loaded);
        Assert.Equal(["1.0.0", "2.0.0"], (await machine.RecoverAsync()).Quarantined.Select(one => one.Version.ToString()).Order());
        machine.Kernel.Boot();
        await machine.BootAsync();
        await machine.RecoverAsync();
        Assert.Equal(loads, machine.Kernel.Loads);
    }

    private static async Task<PatchedMachine> ConfirmedAsync(params string[] versions)
    {
        var machine = new PatchedMachine();
        foreach (string version in versions) Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(version));
        return machine;
    }
}
