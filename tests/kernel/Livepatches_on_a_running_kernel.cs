using System.Globalization;
using System.Text.RegularExpressions;
using SupplyChain.MaintainerTools.Demo.Cast;
using Xunit.Abstractions;
using static SupplyChain.Kernel.Tests.ExitCodes;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// The main job, on a kernel of its own: four real nodes on this machine, the agent in the guest. Each test goes on from
/// where the one before left the guest.
/// </summary>
[Collection(GuestTests.Name)]
[TestCaseOrderer("SupplyChain.Tests.Kit.InOrderOfName", "SupplyChain.Tests.Kit")]
public partial class Livepatches_on_a_running_kernel(PatchedGuest guest, ITestOutputHelper output) : IClassFixture<NewAgent>
{
    // The figure is 10 s on a quiet machine; here others may be at work.
    private const double MostSecondsToPatch = 120;

    [NeedsGuestFact]
    public async Task A_1_what_a_quorum_attests_and_a_threshold_signed_changes_the_running_kernel()
    {
        Assert.DoesNotContain("patched", guest.Unpatched, StringComparison.Ordinal);
        double start = await UptimeAsync();
        var installed = await guest.AgentAsync(Done, "install");

        Assert.Equal("installed", installed.GetProperty("status").GetString());
        Assert.Equal("1.0.0", installed.GetProperty("version").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        double applied = PatchingComplete().Matches(await guest.KernelLogAsync())
            .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Last();
        output.WriteLine($"livepatch applied {applied - start:0.0} s after the agent's start");
        Assert.InRange(applied - start, 0, MostSecondsToPatch);
    }

    [NeedsGuestFact]
    public async Task A_2_the_agent_says_how_many_nodes_attested()
    {
        var check = await guest.AgentAsync(Done, "check");
        Assert.Equal("up-to-date", check.GetProperty("status").GetString());
        Assert.InRange(check.GetProperty("attestations").GetInt32(), 3, NodeNetwork.Nodes);
    }

    [NeedsGuestFact]
    public async Task B_a_patch_that_the_health_command_does_not_like_leaves_and_the_one_before_is_back()
    {
        await guest.FollowAsync("unwell");
        var failed = await guest.AgentAsync(Failed, "install");
        Assert.Equal("unhealthy", failed.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        Assert.Equal("patch_good", await guest.LoadedAsync());
    }

    [NeedsGuestFact]
    public async Task C_a_transition_that_stalls_is_reversed_and_the_task_in_its_way_is_named()
    {
        await guest.FollowAsync("stuck");
        Assert.Equal(0, (await guest.Guest.RunAsync("insmod /share/sleeper.ko")).ExitCode);
        var error = (await guest.AgentAsync(Refused, "install")).GetProperty("error");

        Assert.Equal("transition-stalled", error.GetProperty("name").GetString());
        Assert.Matches(@"it was reversed; in its way: .*sleeper \(\d+\) in .*sleep_for_ever", error.GetProperty("message").GetString());
        Assert.Equal("patch_good", await guest.LoadedAsync());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
    }

    [NeedsGuestFact]
    public async Task D_with_two_attesting_nodes_nothing_is_installed()
    {
        await guest.FollowAsync("fatal");
        await guest.Network.KillAsync(0);
        await guest.Network.KillAsync(1);
        await guest.AgentAsync(NoQuorum, "install");
        Assert.Equal("patch_good", await guest.LoadedAsync());

        await Task.WhenAll(guest.Network.StartAsync(0), guest.Network.StartAsync(1));
    }

    private async Task<double> UptimeAsync() => double.Parse(
        (await guest.Guest.RunAsync("cat /proc/uptime")).Output.Split(' ')[0], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[ *(\d+\.\d+)\] livepatch: 'patch_good': patching complete")]
    private static partial Regex PatchingComplete();
}
