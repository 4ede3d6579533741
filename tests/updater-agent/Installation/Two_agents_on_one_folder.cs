using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

/// <summary>An agent whose journal is older than the folder it installs into takes nothing back that came since.</summary>
public class Two_agents_on_one_folder
{
    [Fact]
    public async Task One_that_rolled_back_leaves_the_newer_tree_of_the_other()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        await machine.InstallAsync(machine.Tree("2.0.0", bad: true));
        await OtherAsync(machine, "3.0.0");

        var installer = await machine.RecoverAsync();
        Assert.Equal(InstallStep.RolledBack, installer.Step);
        Assert.Equal("3.0.0", machine.RunningVersion());
    }

    [Fact]
    public async Task One_that_died_amid_a_switch_decides_anew_when_the_other_used_its_slot()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        byte[] confirmed = await File.ReadAllBytesAsync(JournalOf(machine));
        await machine.InstallAsync(machine.Tree("2.0.0"));
        await File.WriteAllBytesAsync(JournalOf(machine), SwitchedFrom(confirmed));
        await OtherAsync(machine, "3.0.0");
        await OtherAsync(machine, "4.0.0");

        await machine.RecoverAsync();
        Assert.Equal("4.0.0", machine.RunningVersion());
    }

    [Fact]
    public async Task One_that_confirmed_leaves_what_early_boot_loads_to_the_newer_patch_of_the_other()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("1.0.0");
        var other = await machine.RecoverAsync("other");
        Assert.IsType<InstallOutcome.Installed>(await other.InstallAsync(machine.Patch("2.0.0"), CancellationToken.None));

        await machine.RecoverAsync();
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.Load, (await machine.BootAsync()).Verdict);
        Assert.Equal(["patch_2_0_0"], machine.Kernel.Enabled);
    }

    private static async Task OtherAsync(Machine machine, string version)
    {
        string state = Directory.CreateDirectory(machine.State + "-of-another").FullName;
        var installer = new Installer(state, new TreeKind(machine.Install, machine.Health));
        await installer.RecoverAsync(CancellationToken.None);
        Assert.IsType<InstallOutcome.Installed>(await installer.InstallAsync(machine.Tree(version), CancellationToken.None));
    }

    private static string JournalOf(Machine machine) => Path.Combine(machine.State, "install.json");

    // What the journal held while that release was made current.
    private static byte[] SwitchedFrom(byte[] confirmed) => System.Text.Encoding.UTF8.GetBytes(
        System.Text.Encoding.UTF8.GetString(confirmed).Replace("\"confirmed\"", "\"switched\"", StringComparison.Ordinal));
}
