using System.Globalization;
using System.Text;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

public class Hostile_archives_are_refused_whole
{
    private static readonly string LongComponent = new('n', 256);
    private static readonly string LongPath = string.Join('/', Enumerable.Repeat(new string('n', 100), 11));

    private static readonly Dictionary<string, (byte[] Tar, ArchiveRule Rule)> Archives = new()
    {
        ["a character device"] = (Good().Entry("x", '3').End(), ArchiveRule.EntryType),
        ["a block device"] = (Good().Entry("x", '4').End(), ArchiveRule.EntryType),
        ["a FIFO"] = (Good().Entry("x", '6').End(), ArchiveRule.EntryType),
        ["a contiguous file"] = (Good().Entry("x", '7').End(), ArchiveRule.EntryType),
        ["a GNU multi-volume piece"] = (Good().Entry("x", 'M', spoil: Gnu).End(), ArchiveRule.EntryType),
        ["a GNU sparse file"] = (Good().Entry("x", 'S', spoil: Gnu).End(), ArchiveRule.Readable),
        ["a GNU volume label"] = (Good().Entry("x", 'V', spoil: Gnu).End(), ArchiveRule.EntryType),
        ["a type nobody defined"] = (Good().Entry("x", 'Q').End(), ArchiveRule.EntryType),

        ["an absolute name"] = (Good().File("/etc/passwd").End(), ArchiveRule.RelativeName),
        ["a name that climbs"] = (Good().File("../x").End(), ArchiveRule.PlainName),
        ["a name that climbs later"] = (Good().File("bin/../../x").End(), ArchiveRule.PlainName),
        ["a name that is .."] = (Good().Directory("..").End(), ArchiveRule.PlainName),
        ["a file with the root's name"] = (Good().File("./").End(), ArchiveRule.PlainName),
        ["an empty component"] = (Good().File("bin//x").End(), ArchiveRule.PlainName),
        ["a second spelling"] = (Good().File("bin/./x").End(), ArchiveRule.PlainName),
        ["a file's name with a slash at its end"] = (Good().File("x/").End(), ArchiveRule.PlainName),
        ["an empty name"] = (Good().File("").End(), ArchiveRule.PlainName),
        ["a long GNU name that climbs"] = (
            Good().Entry("././@LongLink", 'L', "../x\0"u8.ToArray(), spoil: Gnu).Entry("x", '0', spoil: Gnu).End(),
            ArchiveRule.PlainName),
        ["a pax name that climbs"] = (Good().Pax('x', ("path", "../x")).File("x").End(), ArchiveRule.PlainName),
        ["a component that is too long"] = (
            Good().Pax('x', ("path", LongComponent)).File("x").End(), ArchiveRule.NameLength),
        ["a path that is too long"] = (Good().Pax('x', ("path", LongPath)).File("x").End(), ArchiveRule.NameLength),
        ["a name with a line feed"] = (Good().File("a\nb").End(), ArchiveRule.NameIsText),
        ["a name that is no UTF-8"] = (Good().Entry("x?", '0', spoil: h => h[1] = 0xff).End(), ArchiveRule.NameIsText),
        ["a pax name with a NUL"] = (Good().Pax('x', ("path", "a\0b")).File("x").End(), ArchiveRule.NameIsText),

        ["a file twice"] = (Good().File("bin/tool").End(), ArchiveRule.Unique),
        ["a file twice, spelled differently"] = (Good().File("./bin/tool").End(), ArchiveRule.Unique),
        ["a directory twice"] = (Good().Directory("bin").Directory("bin").End(), ArchiveRule.Unique),
        ["a file over a directory"] = (Good().File("bin").End(), ArchiveRule.Unique),
        ["a file over a link"] = (Good().SymbolicLink("l", "bin").File("l").End(), ArchiveRule.Unique),
        ["a directory over a link"] = (Good().SymbolicLink("l", "bin").Directory("l").End(), ArchiveRule.Unique),
        ["a file through a link"] = (Good().SymbolicLink("l", "bin").File("l/x").End(), ArchiveRule.ParentIsDirectory),
        ["a link through a link"] = (
            Good().SymbolicLink("l", "bin").SymbolicLink("l/x", "y").End(), ArchiveRule.ParentIsDirectory),
        ["a file through a file"] = (Good().File("bin/tool/x").End(), ArchiveRule.ParentIsDirectory),

        ["a set-user-id file"] = (Good().File("x", mode: 0b100_111_101_101).End(), ArchiveRule.NoSetId),
        ["a set-group-id file"] = (Good().File("x", mode: 0b010_111_101_101).End(), ArchiveRule.NoSetId),
        ["a set-group-id directory"] = (Good().Directory("x", mode: 0b010_111_101_101).End(), ArchiveRule.NoSetId),

        ["a link to an absolute path"] = (Good().SymbolicLink("l", "/etc").End(), ArchiveRule.LinkStaysInside),
        ["a link that climbs"] = (Good().SymbolicLink("l", "../x").End(), ArchiveRule.LinkStaysInside),
        ["a link that climbs from below"] = (
            Good().SymbolicLink("bin/l", "../../x").End(), ArchiveRule.LinkStaysInside),
        ["a link that climbs in between"] = (
            Good().SymbolicLink("l", "bin/../../install/x").End(), ArchiveRule.LinkStaysInside),
        ["a link to nothing"] = (Good().SymbolicLink("l", "").End(), ArchiveRule.PlainName),
        ["a link whose target is no UTF-8"] = (
            Good().Entry("l", '2', link: "x", spoil: h => h[158] = 0xfe).End(), ArchiveRule.NameIsText),
        ["a link that climbs through another"] = (
            Good().SymbolicLink("p/q/r/up", "../../..").SymbolicLink("l", "p/q/r/up/../x").End(),
            ArchiveRule.NoLinkThroughLink),
        ["a link through one that comes later"] = (
            Good().SymbolicLink("l", "m/tool").SymbolicLink("m", "bin").End(), ArchiveRule.NoLinkThroughLink),

        ["a hard link to an absolute path"] = (Good().HardLink("h", "/etc/passwd").End(), ArchiveRule.RelativeName),
        ["a hard link that climbs"] = (Good().HardLink("h", "../../state/install.json").End(), ArchiveRule.PlainName),
        ["a hard link to what is not there"] = (
            Good().HardLink("h", "later").File("later").End(), ArchiveRule.HardLinkToFile),
        ["a hard link to a directory"] = (Good().HardLink("h", "bin").End(), ArchiveRule.HardLinkToFile),
        ["a hard link to a symbolic link"] = (
            Good().SymbolicLink("l", "bin/tool").HardLink("h", "l").End(), ArchiveRule.HardLinkToFile),
        ["a hard link through a symbolic link"] = (
            Good().SymbolicLink("l", "bin").HardLink("h", "l/tool").End(), ArchiveRule.HardLinkToFile),

        ["a pax sparse file"] = (
            Good().Pax('x', ("GNU.sparse.major", "1")).File("x").End(), ArchiveRule.ExtendedAttribute),
        ["a file with capabilities"] = (
            Good().Pax('x', ("SCHILY.xattr.security.capability", "all")).File("x").End(),
            ArchiveRule.ExtendedAttribute),
        ["another charset"] = (
            Good().Pax('x', ("hdrcharset", "BINARY")).File("x").End(), ArchiveRule.ExtendedAttribute),
        ["a name for all that follow"] = (
            Good().Pax('g', ("path", "x")).File("y").End(), ArchiveRule.ExtendedAttribute),
        ["a long extended header"] = (
            Good().Pax('x', ("comment", new string('c', 70_000))).File("x").End(), ArchiveRule.ExtendedAttribute),
        ["an extended header that claims a gigabyte"] = (
            Good().Entry("pax", 'x', spoil: h => "10000000000"u8.CopyTo(h.AsSpan(124))).End(),
            ArchiveRule.ExtendedAttribute),
        ["a thousand extended headers in a row"] = (
            Enumerable.Range(0, 1000).Aggregate(Good(), (tar, _) => tar.Pax('x', ("comment", "c"))).File("x").End(),
            ArchiveRule.Readable),

        ["a file cut off"] = (Good().File("x", new string('x', 2000)).Unfinished()[..^700], ArchiveRule.Readable),
        ["a header cut off"] = (Good().File("x").Unfinished()[..^900], ArchiveRule.Readable),
        ["a wrong checksum"] = (
            [.. Good().Unfinished(), .. new TarBytes().File("x").Unfinished().Select((b, i) => i == 0 ? (byte)'y' : b)],
            ArchiveRule.Readable),
        ["a size that is no number"] = (
            Good().Entry("x", '0', spoil: h => "0000000zzzz"u8.CopyTo(h.AsSpan(124))).End(), ArchiveRule.Readable),
        ["a size below zero"] = (
            Good().Entry("x", '0', spoil: h => h.AsSpan(124, 12).Fill(0xff)).End(), ArchiveRule.Readable),
        ["text"] = (Encoding.UTF8.GetBytes(new string('t', 2000)), ArchiveRule.Readable),
        ["nothing"] = ([], ArchiveRule.Readable),
        ["nothing but an end"] = (new TarBytes().End(), ArchiveRule.Readable),
        ["something after the end"] = (
            [.. Good().End(), .. new TarBytes().File("x").End()], ArchiveRule.NothingAfterEnd),
        ["a byte after the end"] = ([.. Good().End(), 1], ArchiveRule.NothingAfterEnd),

        ["more bytes than the limit"] = (Good().File("x", new string('x', 200_000)).End(), ArchiveRule.TotalSize),
        ["a size that claims more than the limit"] = (
            Good().Entry("x", '0', spoil: h => "77777777777"u8.CopyTo(h.AsSpan(124))).End(), ArchiveRule.TotalSize),
        ["more entries than the limit"] = (
            Enumerable.Range(0, 60).Aggregate(Good(), (tar, i) => tar.File($"f{i}", "")).End(), ArchiveRule.EntryCount),
        ["more implied directories than the limit"] = (
            Good().File(string.Join('/', Enumerable.Range(0, 33).Select(i => i.ToString(CultureInfo.InvariantCulture))) + "/x").End(),
            ArchiveRule.EntryCount),
        ["zeros without end"] = ([.. Good().End(), .. new byte[200_000]], ArchiveRule.TotalSize),
    };

    private static readonly ArchiveLimits Limits = new(MaxEntries: 32, MaxSize: 150_000);

    public static TheoryData<string> Names => [.. Archives.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task With_the_rule_they_break_and_nothing_left_behind(string archive)
    {
        var (tar, rule) = Archives[archive];
        using var machine = new Machine { Limits = Limits };
        await machine.InstallAsync(machine.Tree("1.0.0"));
        string[] before = machine.Contents();

        var refused = Assert.IsType<InstallOutcome.Refused>(
            await machine.InstallAsync(machine.Payload("2.0.0", PayloadFormat.Tar, tar)));

        Assert.Equal("archive-unsafe", refused.Why.Name);
        Assert.Equal(before, machine.Contents());
        Assert.Equal("1.0.0", machine.RunningVersion());
        Assert.Equal(rule, Violation(tar)?.Rule);
    }

    [Fact]
    public async Task A_zstd_bomb_is_stopped_at_the_limit()
    {
        byte[] head = new TarBytes().Entry("zeros", '0', spoil: h => "00010000000"u8.CopyTo(h.AsSpan(124))).Unfinished();
        byte[] bomb = ZstdBytes.Bomb(head, blocks: 100_000);
        using var machine = new Machine { Limits = new(MaxEntries: 10, MaxSize: 1_000_000) };

        var refused = Assert.IsType<InstallOutcome.Refused>(
            await machine.InstallAsync(machine.Payload("1.0.0", PayloadFormat.TarZstd, bomb)));

        Assert.Equal("archive-unsafe", refused.Why.Name);
        Assert.Contains("1000000 bytes", refused.Why.Detail, StringComparison.Ordinal);
        Assert.Empty(machine.Slot("a"));
    }

    [Fact]
    public async Task The_detail_names_the_entry_in_printable_text()
    {
        using var machine = new Machine();
        var refused = Assert.IsType<InstallOutcome.Refused>(await machine.InstallAsync(
            machine.Payload("1.0.0", PayloadFormat.Tar, Good().File("\u001b[31mred").End())));

        Assert.Equal("entry \"\ufffd[31mred\": not UTF-8, or a control character", refused.Why.Detail);
    }

    [Fact]
    public void Random_changes_never_do_more_than_refuse()
    {
        byte[] good = Good().Pax('x', ("path", "long")).File("x").SymbolicLink("l", "bin").HardLink("h", "bin/tool").End();
        ForAll.Seeds(300, random =>
        {
            byte[] tar = [.. good];
            for (int i = random.Next(1, 6); i > 0; i--) tar[random.Next(tar.Length)] = (byte)random.Next(256);
            Violation(tar);
        });
    }

    private static TarBytes Good() => new TarBytes().Directory("bin").File("bin/tool");

    private static void Gnu(byte[] header) => "ustar  \0"u8.CopyTo(header.AsSpan(257));

    private static ArchiveViolation? Violation(byte[] tar)
    {
        using var machine = new Machine();
        string tree = Path.Combine(machine.State, "tree");
        Directory.CreateDirectory(tree);
        return new TarExtraction(new LinuxDisk(), tree, Limits).Extract(new MemoryStream(tar), CancellationToken.None);
    }
}
