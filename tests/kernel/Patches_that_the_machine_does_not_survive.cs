using static SupplyChain.Kernel.Tests.ExitCodes;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// A good patch was confirmed; the next one takes the machine down while it is applied. Each test goes on from where the one
/// before left the guest.
/// </summary>
[Collection(GuestTests.Name)]
[TestCaseOrderer("SupplyChain.Tests.Kit.InOrderOfName", "SupplyChain.Tests.Kit")]
public class Patches_that_the_machine_does_not_survive(PatchedGuest guest) : IClassFixture<NewAgent>
{
    [NeedsGuestFact]
    public async Task A_after_one_crash_boot_loads_the_confirmed_one()
    {
        await guest.AgentAsync(Done, "install");
        await guest.FollowAsync("fatal");
        await CrashAsync();

        await BootsTheConfirmedAsync();
        Assert.Empty((await guest.AgentAsync(Done, "status")).GetProperty("quarantined").EnumerateArray());
    }

    [NeedsGuestFact]
    public async Task B_after_two_the_patch_is_given_up_and_the_agent_says_so()
    {
        await CrashAsync();

        await BootsTheConfirmedAsync();
        var quarantined = Assert.Single((await guest.AgentAsync(Done, "status")).GetProperty("quarantined").EnumerateArray());
        Assert.Equal("1.9.0", quarantined.GetProperty("version").GetString());
        Assert.Equal("the machine went down with it 2 times", quarantined.GetProperty("reason").GetString());
    }

    [NeedsGuestFact]
    public async Task C_it_is_not_tried_a_third_time_and_the_one_before_stays()
    {
        var held = await guest.AgentAsync(Done, "install");
        Assert.Equal("held", held.GetProperty("status").GetString());
        Assert.Equal("quarantined", held.GetProperty("held").GetString());
        Assert.Equal("1.0.0", (await guest.AgentAsync(Done, "status")).GetProperty("installed").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
    }

    private async Task CrashAsync()
    {
        await guest.InstallFatallyAsync();
        Assert.Contains("patch_fatal was loaded", guest.Guest.Console, StringComparison.Ordinal);
        await guest.RestartAsync();
    }

    private async Task BootsTheConfirmedAsync()
    {
        Assert.Equal(guest.Unpatched, await guest.ShownAsync());
        var boot = await guest.AgentAsync(Done, "boot");
        Assert.Equal("loaded", boot.GetProperty("status").GetString());
        Assert.Equal("1.0.0", boot.GetProperty("version").GetString());
        Assert.Equal("1.9.0", boot.GetProperty("notSurvived").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        Assert.Equal("patch_good", await guest.LoadedAsync());
    }
}
