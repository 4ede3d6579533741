using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

public class Installing_touches_only_what_is_its_own
{
    [Fact]
    public async Task What_an_interrupted_agent_left_in_the_slot_is_gone_and_its_links_are_not_followed()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Tree("1.0.0"));
        string precious = Path.Combine(machine.State, "precious");
        Directory.CreateDirectory(precious);
        await File.WriteAllTextAsync(Path.Combine(precious, "data"), "kept");
        string slot = Path.Combine(machine.Install, "slots", "b");
        Directory.CreateDirectory(Path.Combine(slot, "deep", "deeper"));
        File.CreateSymbolicLink(Path.Combine(slot, "deep", "out"), precious);
        await File.WriteAllTextAsync(Path.Combine(slot, "deep", "deeper", "leftover"), "");

        await machine.InstallAsync(machine.Tree("2.0.0"));

        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(precious, "data")));
        Assert.DoesNotContain(machine.Slot("b"), path => path.Contains("deep", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_slot_that_is_a_link_is_unlinked_and_not_emptied()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Tree("1.0.0"));
        string precious = Path.Combine(machine.State, "precious");
        Directory.CreateDirectory(precious);
        await File.WriteAllTextAsync(Path.Combine(precious, "data"), "kept");
        File.CreateSymbolicLink(Path.Combine(machine.Install, "slots", "b"), precious);

        await machine.InstallAsync(machine.Tree("2.0.0"));

        Assert.Equal(["data"], Directory.GetFileSystemEntries(precious).Select(path => Path.GetFileName(path)!));
        Assert.Equal("2.0.0", machine.RunningVersion());
    }

    [Theory]
    [InlineData("current", "a file")]
    [InlineData("current", "a directory")]
    [InlineData("current", "a link elsewhere")]
    [InlineData("current", "a link to a slot that nobody filled")]
    [InlineData("slots", "a file")]
    [InlineData("slots", "a link elsewhere")]
    public async Task What_somebody_else_put_in_the_way_is_left_alone(string name, string what)
    {
        using var machine = new Machine();
        string path = Path.Combine(Directory.CreateDirectory(machine.Install).FullName, name);
        if (what == "a file") await File.WriteAllTextAsync(path, "");
        else if (what == "a directory") Directory.CreateDirectory(path);
        else File.CreateSymbolicLink(path, what == "a link elsewhere" ? "/usr" : "slots/a");

        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync(machine.Tree("1.0.0")));

        Assert.Equal("place-occupied", refused.Why.Name);
        Assert.Equal([name], machine.Contents().Take(1));
    }

    [Fact]
    public async Task A_download_that_changed_since_it_was_checked_is_not_installed()
    {
        using var machine = new Machine();
        var payload = machine.Tree("1.0.0");
        byte[] bytes = await File.ReadAllBytesAsync(payload.File);
        bytes[600] ^= 1;
        await File.WriteAllBytesAsync(payload.File, bytes);

        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync(payload));

        Assert.Equal("payload-mismatch", refused.Why.Name);
        Assert.Empty(machine.Slot("a"));
    }

    [Fact]
    public async Task A_payload_of_another_kind_is_refused()
    {
        using var machine = new Machine();
        var refused = Assert.IsType<InstallOutcome.Refused>(
            await machine.InstallAsync(machine.Tree("1.0.0") with { Kind = PayloadKind.Livepatch }));

        Assert.Equal("kind-unsupported", refused.Why.Name);
    }

    [Fact]
    public async Task What_is_current_is_not_installed_over_itself()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Tree("1.0.0"));
        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync(machine.Tree("1.0.0")));

        Assert.Equal("already-installed", refused.Why.Name);
    }

    [Fact]
    public async Task A_disk_error_while_staging_leaves_the_old_version_and_no_partial_slot()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Tree("1.0.0"));
        var payload = machine.Tree("2.0.0");
        File.Delete(payload.File);

        await Assert.ThrowsAnyAsync<IOException>(() => machine.InstallAsync(payload));

        Assert.Equal("1.0.0", machine.RunningVersion());
        Assert.Empty(machine.Slot("b"));
    }

    [Fact]
    public async Task A_journal_that_was_lost_costs_the_quarantine_and_nothing_else()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Tree("1.0.0"));
        await machine.InstallAsync(machine.Tree("2.0.0"));
        File.Delete(Path.Combine(machine.State, "install.json"));

        var installer = await machine.RecoverAsync();
        Assert.Equal("2.0.0", installer.Installed!.Version.ToString());
        Assert.Null(installer.Fallback);
        Assert.IsType<InstallOutcome.Installed>(
            await installer.InstallAsync(machine.Tree("3.0.0"), CancellationToken.None));
        Assert.Equal("2.0.0", installer.Fallback!.Version.ToString());
    }

    [Fact]
    public void A_damaged_journal_stops_the_agent()
    {
        using var machine = new Machine();
        File.WriteAllText(Path.Combine(machine.State, "install.json"), "{}");

        Assert.Throws<DamagedJournalException>(() => machine.Start());
    }

    [Fact]
    public async Task Nothing_is_changed_before_the_recovery()
    {
        using var machine = new Machine();
        var installer = machine.Start();

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => installer.InstallAsync(machine.Tree("1.0.0"), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => installer.RollBackAsync("too early"));
    }
}
