using static SupplyChain.Kernel.Tests.ExitCodes;

namespace SupplyChain.Kernel.Tests;

/// <summary>
/// A patch was confirmed; then the machine is started again, each time into something else. Each test goes on from where the
/// one before left the guest.
/// </summary>
[Collection(GuestTests.Name)]
[TestCaseOrderer("SupplyChain.Tests.Kit.InOrderOfName", "SupplyChain.Tests.Kit")]
public class What_boot_loads(PatchedGuest guest) : IClassFixture<NewAgent>
{
    [NeedsGuestFact]
    public async Task A_1_not_a_module_whose_bytes_changed()
    {
        await guest.FollowAsync("withdrawn");
        await guest.AgentAsync(Done, "install");
        await guest.RestartAsync();
        Assert.Equal(guest.Unpatched, await guest.ShownAsync());

        guest.FlipStagedByte();
        var error = (await guest.AgentAsync(Refused, "boot")).GetProperty("error");
        Assert.Equal("payload-mismatch", error.GetProperty("name").GetString());
        await BareAsync();
        Assert.False(await guest.HasModuleAsync("patch_good"));
        guest.FlipStagedByte();
    }

    [NeedsGuestFact]
    public async Task A_2_the_confirmed_patch()
    {
        await BootsAsync("loaded");
        Assert.Equal(PatchedGuest.Well, await guest.ShownAsync());
        Assert.Equal("1.10.0", (await guest.AgentAsync(Done, "status")).GetProperty("installed").GetString());

        // The machine lives with it: without this, the next boot would take the restart for a crash.
        Assert.Equal("already-installed", (await guest.AgentAsync(Done, "install")).GetProperty("status").GetString());
    }

    [NeedsGuestFact]
    public async Task B_nothing_where_the_operator_said_so_on_the_kernels_command_line()
    {
        await guest.RestartAsync(words: "supplychain.livepatch=off");
        await BootsAsync("livepatch-off");
        await BareAsync();

        var error = (await guest.AgentAsync(Refused, "install")).GetProperty("error");
        Assert.Equal("livepatch-off", error.GetProperty("name").GetString());
        await BareAsync();
    }

    [NeedsGuestFact]
    public async Task C_nothing_in_another_kernel()
    {
        await guest.RestartWithOtherReleaseAsync();
        await BootsAsync("superseded");
        await BareAsync();
    }

    [NeedsGuestFact]
    public async Task D_nothing_that_was_revoked_since()
    {
        await guest.Publisher.RevokeAsync("withdrawn");
        var error = (await guest.AgentAsync(Refused, "check")).GetProperty("error");
        Assert.Equal("release-revoked", error.GetProperty("name").GetString());

        await guest.RestartAsync();
        await BootsAsync("revoked");
        await BareAsync();
    }

    [NeedsGuestFact]
    public async Task E_also_when_the_proof_of_that_has_grown_old()
    {
        // As in a network where nothing happens: the log stays what it was, and the nodes' time goes on.
        for (long heard = await LatestTimeAsync(); await LatestTimeAsync() <= heard + PatchPublisher.MaxAge;)
            await guest.AgentAsync(Refused, "check");

        await guest.RestartAsync();
        await BootsAsync("revoked");
        await BareAsync();
    }

    // Unix seconds, by the nodes: when the agent last heard of them.
    private async Task<long> LatestTimeAsync() => (await guest.AgentAsync(Done, "status")).GetProperty("latestTime").GetInt64();

    private async Task BootsAsync(string verdict) =>
        Assert.Equal(verdict, (await guest.AgentAsync(Done, "boot")).GetProperty("status").GetString());

    private async Task BareAsync()
    {
        Assert.DoesNotContain("patched", await guest.ShownAsync(), StringComparison.Ordinal);
        Assert.Equal("", await guest.LoadedAsync());
    }
}
