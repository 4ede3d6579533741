using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

public class The_install_journal
{
    private static readonly Placement One = new("a", Machine.Release("1.0.0"));

    private static readonly Placement Two = new("b", Machine.Release("2.0.0"));

    private static readonly InstallJournal Switched = InstallJournal.Empty.Stage(Two, One).Switch();

    [Fact]
    public void Has_a_way_back_only_from_a_confirmed_version()
    {
        Assert.Null(Switched.Fallback);
        Assert.Equal(One, Switched.Confirm().Fallback);
        Assert.Null(Switched.Confirm().RollBack("why").Fallback);
    }

    [Fact]
    public void Takes_the_steps_in_their_order_and_no_other()
    {
        var staged = InstallJournal.Empty.Stage(One, null);
        var switched = staged.Switch();
        InstallJournal[] each = [InstallJournal.Empty, staged, switched, switched.Confirm(), switched.RollBack("")];
        bool[][] allowed =
        [
            // Stage, Switch, Unswitch, Confirm, RollBack
            [true, false, false, false, false],
            [true, true, false, false, true],
            [false, false, true, true, true],
            [true, false, false, false, true],
            [true, false, false, false, false],
        ];

        for (int i = 0; i < each.Length; i++)
        {
            var journal = each[i];
            Func<InstallJournal>[] steps =
                [() => journal.Stage(Two, One), journal.Switch, journal.Unswitch, journal.Confirm, () => journal.RollBack("why")];
            for (int step = 0; step < steps.Length; step++)
            {
                if (allowed[i][step]) steps[step]();
                else Assert.Throws<InvariantBrokenException>(steps[step]);
            }
        }
    }

    [Fact]
    public void Never_stages_over_what_is_current() =>
        Assert.Throws<InvariantBrokenException>(() => InstallJournal.Empty.Stage(Two with { Place = "a" }, One));

    [Fact]
    public void Forgets_quarantined_versions_that_a_confirmed_one_overtook()
    {
        var journal = InstallJournal.Empty.Stage(Two, One).Switch().RollBack("bad");
        var next = new Placement("b", Machine.Release("3.0.0"));
        Assert.Single(journal.Stage(next, One).Switch().Quarantine.Versions);
        Assert.Empty(journal.Stage(next, One).Switch().Confirm().Quarantine.Versions);

        var lower = new Placement("b", Machine.Release("1.5.0"));
        Assert.Single(journal.Stage(lower, One).Switch().Confirm().Quarantine.Versions);
    }

    [Fact]
    public void Keeps_a_bounded_quarantine_and_drops_the_oldest()
    {
        var quarantine = Quarantine.Empty;
        for (int i = 0; i < Quarantine.MaxVersions + 5; i++)
            quarantine = quarantine.Add("tool", Machine.Version($"{i}.0.0"), "bad");

        Assert.Equal(Quarantine.MaxVersions, quarantine.Versions.Length);
        Assert.False(quarantine.Contains("tool", Machine.Version("4.0.0")));
        Assert.True(quarantine.Contains("tool", Machine.Version("5.0.0")));
        Assert.False(quarantine.Contains("other", Machine.Version("5.0.0")));
    }

    [Fact]
    public void Has_this_form()
    {
        string one = Encoding.UTF8.GetString(One.Release.ToBytes()), two = Encoding.UTF8.GetString(Two.Release.ToBytes());
        Assert.Equal(
            $$"""{"step":"switched","new":{"place":"b","holds":{{two}}},"old":{"place":"a","holds":{{one}}},"quarantine":[]}""",
            Encoding.UTF8.GetString(Switched.ToBytes()));
        Assert.Equal(
            $$"""{"step":"rolled-back","new":{"place":"a","holds":{{one}}},"quarantine":[{"product":"tool","version":"1.0.0","reason":"bad"}]}""",
            Encoding.UTF8.GetString(InstallJournal.Empty.Stage(One, null).Switch().RollBack("bad").ToBytes()));
        Assert.Equal(
            $$"""{"product":"tool","channel":"stable","version":"1.0.0","release":"{{One.Release.Release}}","sha256":"{{One.Release.Sha256}}"}""",
            one);
    }

    [Fact]
    public void Reads_back_what_it_writes()
    {
        var staged = InstallJournal.Empty.Stage(Two, One);
        var rolledBack = Switched.RollBack("ü \"\\\n" + new string('x', 600));
        foreach (var journal in new[] { staged, Switched, Switched.Confirm(), rolledBack })
        {
            Assert.True(InstallJournal.TryRead(journal.ToBytes(), out var read));
            Assert.Equal(journal.Latest, read.Latest);
            Assert.Equal(journal.Quarantine.Versions.AsEnumerable(), read.Quarantine.Versions);
            Assert.Equal(journal.ToBytes(), read.ToBytes());
        }
    }

    [Fact]
    public void Refuses_every_truncation_and_never_throws_on_damage()
    {
        byte[] bytes = Switched.RollBack("bad").ToBytes();
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(InstallJournal.TryRead(bytes.AsSpan(0, length), out _));
        Assert.False(InstallJournal.TryRead([.. bytes, (byte)' '], out _));
        ForAll.Seeds(1000, random =>
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (InstallJournal.TryRead(damaged, out var read)) Assert.Equal(damaged, read.ToBytes());
        });
    }

    [Theory]
    [InlineData("\"switched\"", "\"installed\"")]
    [InlineData("\"place\":\"b\"", "\"place\":\"a\"")]
    [InlineData("\"version\":\"2.0.0\"", "\"version\":\"2.0\"")]
    [InlineData("{\"step\"", "{ \"step\"")]
    [InlineData("\"quarantine\":[]", "\"quarantine\":[],\"more\":1")]
    public void Refuses_what_it_would_not_write(string written, string instead)
    {
        string text = Encoding.UTF8.GetString(Switched.ToBytes());
        Assert.Contains(written, text, StringComparison.Ordinal);
        text = text.Replace(written, instead, StringComparison.Ordinal);
        Assert.False(InstallJournal.TryRead(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Is_never_larger_than_its_reader_allows()
    {
        string reason = new('"', Quarantine.MaxReasonLength);
        var journal = Enumerable.Range(0, Quarantine.MaxVersions).Aggregate(Switched, (before, version) =>
            before.RollBack(reason).Stage(new("b", Machine.Release($"{version + 10}.0.0")), One).Switch());

        Assert.Equal(Quarantine.MaxVersions, journal.Quarantine.Versions.Length);
        Assert.True(InstallJournal.TryRead(journal.ToBytes(), out _));
    }
}
