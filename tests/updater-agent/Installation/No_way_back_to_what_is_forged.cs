using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

/// <summary>The honest release that follows a forged one fails here: nothing is current rather than what is forged.</summary>
public class No_way_back_to_what_is_forged
{
    [Fact]
    public async Task In_a_tree()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("9.0.0"));
        machine.Void = "9.0.0";
        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync(machine.Tree("1.1.0", bad: true)));
        Assert.Null(back.To);
        Assert.Null(machine.RunningVersion());

        await machine.RecoverAsync();
        Assert.Null(machine.RunningVersion());
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(machine.Tree("1.2.0")));
    }

    [Fact]
    public async Task In_the_kernel()
    {
        using var machine = new PatchedMachine();
        await machine.InstallAsync("9.0.0");
        machine.Void = "9.0.0";
        machine.IsHealthy = false;
        var back = Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync("1.1.0"));
        Assert.Null(back.To);
        Assert.Empty(machine.Kernel.Loaded);

        await machine.RecoverAsync();
        machine.Kernel.Boot();
        Assert.Equal(BootVerdict.NothingConfirmed, (await machine.BootAsync()).Verdict);
        machine.IsHealthy = true;
        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync("1.2.0"));
        Assert.Equal(["patch_1_2_0"], machine.Kernel.Loaded);
    }
}
