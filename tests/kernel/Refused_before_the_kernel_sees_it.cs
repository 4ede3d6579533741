using System.Text.Json;
using SupplyChain.Kernel.Tests.Machine;
using SupplyChain.MaintainerTools.Demo.Cast;
using static SupplyChain.Kernel.Tests.ExitCodes;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// What the kernel itself would take: only the agent stands in its way. None of these modules is in the kernel afterwards,
/// and the kernel was not even asked.
/// </summary>
[Collection(GuestTests.Name)]
[TestCaseOrderer("SupplyChain.Tests.Kit.InOrderOfName", "SupplyChain.Tests.Kit")]
public class Refused_before_the_kernel_sees_it(PatchedGuest guest) : IClassFixture<NewAgent>
{
    [NeedsGuestFact]
    public async Task A_a_module_for_another_kernel() => await RefusedUnseenAsync("vermagic-other", "patch_unwell", "vermagic-mismatch");

    [NeedsGuestFact]
    public async Task B_a_module_for_no_kernel() => await RefusedUnseenAsync("vermagic-none", "patch_unwell", "vermagic-missing");

    [NeedsGuestFact]
    public async Task C_a_module_that_is_no_livepatch() => await RefusedUnseenAsync("no-livepatch", "no_patch", "not-a-livepatch");

    [NeedsGuestFact]
    public async Task D_a_release_for_another_kernel() => await RefusedUnseenAsync("other-release", "patch_unwell", "target-mismatch");

    [NeedsGuestFact]
    public async Task E_a_release_for_another_build_of_this_kernel() => await RefusedUnseenAsync("other-build", "patch_unwell", "target-mismatch");

    [NeedsGuestFact]
    public async Task F_a_good_patch_that_every_node_made_another_of()
    {
        guest.Publisher.ChangeOnEveryNode("altered", PatchedGuest.Well, "patched by nodes");
        var report = await UnseenAsync(Failed, "altered", "patch_good");

        Assert.Equal("download-incomplete", report.GetProperty("error").GetProperty("name").GetString());
        var liars = report.GetProperty("liars").EnumerateArray().ToList();
        Assert.Equal(NodeNetwork.Nodes, liars.Count);
        Assert.All(liars, liar => Assert.Equal("altered-piece", liar.GetProperty("what").GetString()));
    }

    [NeedsGuestFact]
    public async Task G_the_kernel_takes_the_module_that_is_no_livepatch_from_whoever_asks()
    {
        await ModuleCalls.WatchAsync(guest.Guest);
        Assert.Equal(0, (await guest.Guest.RunAsync("insmod /share/no_patch.ko")).ExitCode);
        Assert.Equal(1, await ModuleCalls.CountAsync(guest.Guest));
        Assert.True(await guest.HasModuleAsync("no_patch"));
        Assert.Equal(0, (await guest.Guest.RunAsync("rmmod no_patch")).ExitCode);
    }

    private async Task RefusedUnseenAsync(string channel, string module, string reason)
    {
        var report = await UnseenAsync(Refused, channel, module);
        Assert.Equal(reason, report.GetProperty("error").GetProperty("name").GetString());
    }

    private async Task<JsonElement> UnseenAsync(int expected, string channel, string module)
    {
        await guest.FollowAsync(channel);
        await ModuleCalls.WatchAsync(guest.Guest);
        var report = await guest.AgentAsync(expected, "install");

        Assert.Equal(0, await ModuleCalls.CountAsync(guest.Guest));
        Assert.False(await guest.HasModuleAsync(module));
        Assert.Equal("", await guest.LoadedAsync());
        Assert.Equal(guest.Unpatched, await guest.ShownAsync());
        return report;
    }
}
