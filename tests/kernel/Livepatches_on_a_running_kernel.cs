using System.Globalization;
using System.Text.RegularExpressions;
using SupplyChain.MaintainerTools.Demo.Cast;
using Xunit.Abstractions;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// The main job, on a kernel of its own: four real nodes on this machine, the agent in the guest. Each test goes on from
/// where the one before left the guest.
/// </summary>
[TestCaseOrderer("SupplyChain.Tests.Kit.InOrderOfName", "SupplyChain.Tests.Kit")]
public partial class Livepatches_on_a_running_kernel(PatchedGuest guest, ITestOutputHelper output) : IClassFixture<PatchedGuest>
{
    private const int Done = 0, Failed = 1, Refused = 4, NoQuorum = 5;

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
            .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Single();
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
    public async Task B_1_a_module_for_another_kernel_is_refused() => await RefusedUnseenAsync("vermagic-other", "patch_unwell", "vermagic-mismatch");

    [NeedsGuestFact]
    public async Task B_2_a_module_for_no_kernel_is_refused() => await RefusedUnseenAsync("vermagic-none", "patch_unwell", "vermagic-missing");

    [NeedsGuestFact]
    public async Task B_3_a_module_that_is_no_livepatch_is_refused() => await RefusedUnseenAsync("no-livepatch", "no_patch", "not-a-livepatch");

    [NeedsGuestFact]
    public async Task B_4_a_release_for_another_kernel_is_refused() => await RefusedUnseenAsync("other-release", "patch_unwell", "target-mismatch");

    [NeedsGuestFact]
    public async Task B_5_a_release_for_another_build_of_this_kernel_is_refused() => await RefusedUnseenAsync("other-build", "patch_unwell", "target-mismatch");

    [NeedsGuestFact]
    public async Task C_a_patch_that_the_health_command_does_not_like_leaves_and_the_one_before_is_back()
    {
        await guest.FollowAsync("unwell");
        var failed = await guest.AgentAsync(Failed, "install");
        Assert.Equal("unhealthy", failed.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        Assert.Equal("patch_good", await LoadedAsync());
    }

    [NeedsGuestFact]
    public async Task D_a_transition_that_stalls_is_reversed_and_the_task_in_its_way_is_named()
    {
        await guest.FollowAsync("stuck");
        Assert.Equal(0, (await guest.Guest.RunAsync("insmod /share/sleeper.ko")).ExitCode);
        var error = (await guest.AgentAsync(Refused, "install")).GetProperty("error");

        Assert.Equal("transition-stalled", error.GetProperty("name").GetString());
        Assert.Matches(@"it was reversed; in its way: .*sleeper \(\d+\) in .*sleep_for_ever", error.GetProperty("message").GetString());
        Assert.Equal("patch_good", await LoadedAsync());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
    }

    [NeedsGuestFact]
    public async Task E_with_two_attesting_nodes_nothing_is_installed()
    {
        await guest.FollowAsync("fatal");
        await guest.Network.KillAsync(0);
        await guest.Network.KillAsync(1);
        await guest.AgentAsync(NoQuorum, "install");
        Assert.Equal("patch_good", await LoadedAsync());

        await Task.WhenAll(guest.Network.StartAsync(0), guest.Network.StartAsync(1));
    }

    [NeedsGuestFact]
    public async Task F_1_after_a_reboot_a_module_whose_bytes_changed_is_not_loaded()
    {
        await guest.Guest.PowerOffAsync();
        await guest.BootAsync();
        Assert.Equal(guest.Unpatched, await guest.ShownAsync());

        guest.FlipStagedByte();
        var error = (await guest.AgentAsync(Refused, "boot")).GetProperty("error");
        Assert.Equal("payload-mismatch", error.GetProperty("name").GetString());
        Assert.Equal(guest.Unpatched, await guest.ShownAsync());
        Assert.DoesNotContain("patch_good", await guest.KernelLogAsync(), StringComparison.Ordinal);
        guest.FlipStagedByte();
    }

    [NeedsGuestFact]
    public async Task F_2_and_the_confirmed_patch_is_loaded_again()
    {
        var boot = await guest.AgentAsync(Done, "boot");
        Assert.Equal("loaded", boot.GetProperty("status").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        Assert.Equal("1.0.0", (await guest.AgentAsync(Done, "status")).GetProperty("installed").GetString());
    }

    [NeedsGuestFact]
    public async Task G_a_patch_whose_application_the_last_boot_did_not_survive_is_not_loaded_and_the_confirmed_one_is()
    {
        await guest.Guest.RunFatallyAsync("updater-agent install --state /share/state --json");
        Assert.Contains("patch_fatal was loaded", guest.Guest.Console, StringComparison.Ordinal);

        await guest.BootAsync();
        var boot = await guest.AgentAsync(Done, "boot");
        Assert.Equal("loaded", boot.GetProperty("status").GetString());
        Assert.Equal("1.0.0", boot.GetProperty("version").GetString());
        Assert.Equal("1.8.0", boot.GetProperty("notSurvived").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        Assert.Equal("patch_good", await LoadedAsync());
    }

    // The kernel speaks of every module that it was ever given, loaded or not.
    private async Task RefusedUnseenAsync(string channel, string module, string reason)
    {
        await guest.FollowAsync(channel);
        var refused = await guest.AgentAsync(Refused, "install");
        Assert.Equal(reason, refused.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        Assert.Equal("patch_good", await LoadedAsync());
        Assert.DoesNotContain(module, await guest.KernelLogAsync(), StringComparison.Ordinal);
    }

    private async Task<string> LoadedAsync() => (await guest.Guest.RunAsync("ls /sys/kernel/livepatch")).Output.Trim();

    private async Task<double> UptimeAsync() => double.Parse(
        (await guest.Guest.RunAsync("cat /proc/uptime")).Output.Split(' ')[0], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[ *(\d+\.\d+)\] livepatch: 'patch_good': patching complete")]
    private static partial Regex PatchingComplete();
}
