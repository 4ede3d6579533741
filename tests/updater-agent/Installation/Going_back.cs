using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

public class Going_back
{
    [Fact]
    public async Task Makes_the_other_slot_current_and_quarantines_what_was_left()
    {
        using var machine = await WithAsync("1.0.0", "2.0.0");
        var installer = await machine.RecoverAsync();
        var outcome = Assert.IsType<InstallOutcome.RolledBack>(await installer.RollBackAsync("it is slow"));

        Assert.Equal("operator-request", outcome.Why.Name);
        Assert.Equal("1.0.0", machine.RunningVersion());
        Assert.Equal("it is slow", Assert.Single(installer.Quarantined).Reason);
        var again = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync(machine.Tree("2.0.0")));
        Assert.Equal("quarantined", again.Why.Name);
    }

    [Fact]
    public async Task Is_refused_when_nothing_was_there_before()
    {
        using var machine = await WithAsync("1.0.0");
        var refused = Assert.IsType<InstallOutcome.Refused>(await (await machine.RecoverAsync()).RollBackAsync("why not"));

        Assert.Equal("nothing-to-roll-back-to", refused.Why.Name);
        Assert.Equal("1.0.0", machine.RunningVersion());
    }

    [Fact]
    public async Task Happens_once_and_not_back_and_forth()
    {
        using var machine = await WithAsync("1.0.0", "2.0.0");
        var installer = await machine.RecoverAsync();
        await installer.RollBackAsync("once");

        Assert.Null(installer.Fallback);
        Assert.IsType<InstallOutcome.Refused>(await installer.RollBackAsync("twice"));
        Assert.Equal("1.0.0", machine.RunningVersion());
    }

    [Fact]
    public async Task Is_refused_when_the_other_slot_is_no_longer_whole()
    {
        using var machine = await WithAsync("1.0.0", "2.0.0");
        byte[] good = new TarBytes().File("x").Unfinished();
        await machine.InstallAsync(machine.Payload("3.0.0", Protocol.Statements.PayloadFormat.Tar, good[..^600]));

        var installer = await machine.RecoverAsync();
        Assert.Null(installer.Fallback);
        Assert.IsType<InstallOutcome.Refused>(await installer.RollBackAsync("to what?"));
        Assert.Equal("2.0.0", machine.RunningVersion());
    }

    [Fact]
    public async Task A_higher_version_is_installed_and_lifts_the_quarantine()
    {
        using var machine = await WithAsync("1.0.0", "2.0.0");
        await (await machine.RecoverAsync()).RollBackAsync("bad");

        Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(machine.Tree("2.0.1")));
        Assert.Equal("2.0.1", machine.RunningVersion());
        Assert.Empty((await machine.RecoverAsync()).Quarantined);
    }

    [Fact]
    public async Task The_operator_lifts_the_quarantine_and_health_still_decides()
    {
        using var machine = new Machine { Health = Machine.NothingBad };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        await machine.InstallAsync(machine.Tree("2.0.0", bad: true));

        var installer = await machine.RecoverAsync();
        Assert.True(installer.Lift("tool", Machine.Version("2.0.0")));
        Assert.False(installer.Lift("tool", Machine.Version("2.0.0")));
        Assert.False((await machine.RecoverAsync()).IsQuarantined("tool", Machine.Version("2.0.0")));

        Assert.IsType<InstallOutcome.RolledBack>(await machine.InstallAsync(machine.Tree("2.0.0", bad: true)));
        Assert.Equal("1.0.0", machine.RunningVersion());
    }

    private static async Task<Machine> WithAsync(params string[] versions)
    {
        var machine = new Machine();
        foreach (string version in versions) await machine.InstallAsync(machine.Tree(version));
        return machine;
    }
}
