using System.Diagnostics;
using System.Runtime.Versioning;
using SupplyChain.Protocol.Statements;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Installation;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

[SupportedOSPlatform("linux")]
public class Good_payloads_are_installed
{
    private const UnixFileMode Mode644 = (UnixFileMode)0b110_100_100, Mode755 = (UnixFileMode)0b111_101_101;

    [Fact]
    public async Task A_single_file_gets_its_artifact_name()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Payload("1.0.0", PayloadFormat.File, "bytes"u8.ToArray(), "tool-1.0.bin"));

        string file = Path.Combine(machine.Current, "tool-1.0.bin");
        Assert.Equal("bytes", File.ReadAllText(file));
        Assert.Equal(Mode644, File.GetUnixFileMode(file));
        Assert.Equal(["current", "slots", "slots/a", "slots/a.json", "slots/a/tool-1.0.bin"], machine.Contents());
    }

    [Fact]
    public async Task Updates_alternate_between_the_slots()
    {
        using var machine = new Machine();
        foreach (var (version, slot) in new[] { ("1.0.0", "a"), ("2.0.0", "b"), ("3.0.0", "a") })
        {
            var payload = machine.Tree(version);
            var installed = Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(payload));

            Assert.Equal(payload.Release, installed.Release);
            Assert.Equal("slots/" + slot, new FileInfo(machine.Current).LinkTarget);
            Assert.Equal(version, machine.RunningVersion());
            string description = Path.Combine(machine.Install, "slots", slot + ".json");
            Assert.Equal(payload.Release.ToBytes(), await File.ReadAllBytesAsync(description));
        }
    }

    [Fact]
    public async Task Mode_bits_are_masked_whatever_the_umask()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Payload("1.0.0", PayloadFormat.Tar, new TarBytes()
            .File("open", mode: 0b111_111_111)
            .File("closed", mode: 0)
            .File("plain", mode: 0b110_110_110)
            .Directory("sticky", mode: 0b001_111_111_111)
            .Directory("shut", mode: 0)
            .End()));

        UnixFileMode Of(string name) => File.GetUnixFileMode(Path.Combine(machine.Current, name));
        Assert.Equal(Mode755, Of("open"));
        Assert.Equal((UnixFileMode)0b110_000_000, Of("closed"));
        Assert.Equal(Mode644, Of("plain"));
        Assert.Equal(Mode755, Of("sticky"));
        Assert.Equal((UnixFileMode)0b111_000_000, Of("shut"));
    }

    [Fact]
    public async Task Links_that_stay_inside_are_kept_as_they_are()
    {
        using var machine = new Machine();
        await machine.InstallAsync(machine.Payload("1.0.0", PayloadFormat.Tar, new TarBytes()
            .File("lib/tool.so.1.2", "library")
            .SymbolicLink("lib/tool.so.1", "tool.so.1.2")
            .SymbolicLink("lib/tool.so", "tool.so.1")
            .SymbolicLink("bin/lib", "../lib")
            .SymbolicLink("dangling", "lib/later")
            .HardLink("copy", "lib/tool.so.1.2")
            .End()));

        Assert.Equal("library", File.ReadAllText(Path.Combine(machine.Current, "lib/tool.so")));
        Assert.Equal("library", File.ReadAllText(Path.Combine(machine.Current, "bin/lib/tool.so.1")));
        Assert.Equal("library", File.ReadAllText(Path.Combine(machine.Current, "copy")));
        Assert.Equal("tool.so.1", new FileInfo(Path.Combine(machine.Current, "lib/tool.so")).LinkTarget);
    }

    [Fact]
    public async Task Long_names_and_git_s_comment_are_taken()
    {
        string longName = string.Join('/', Enumerable.Repeat(new string('n', 80), 5));
        using var machine = new Machine();
        await machine.InstallAsync(machine.Payload("1.0.0", PayloadFormat.Tar, new TarBytes()
            .Pax('g', ("comment", "0123456789abcdef"))
            .Pax('x', ("path", longName), ("mtime", "1700000000.5"))
            .File("short")
            .End()));

        Assert.Equal("content", File.ReadAllText(Path.Combine(machine.Current, longName)));
    }

    [Fact]
    public async Task Zstd_frames_may_follow_each_other()
    {
        byte[] tar = new TarBytes().File("version", "1.0.0").File("large", new string('x', 300_000)).End();
        byte[] frames = [.. ZstdBytes.Frame(tar.AsSpan(0, 1000)), .. ZstdBytes.Frame(tar.AsSpan(1000))];
        using var machine = new Machine();
        await machine.InstallAsync(machine.Payload("1.0.0", PayloadFormat.TarZstd, frames));

        Assert.Equal(300_000, new FileInfo(Path.Combine(machine.Current, "large")).Length);
    }

    [NeedsProgramsFact("tar", "zstd")]
    public async Task What_GNU_tar_and_zstd_write_is_read()
    {
        using var machine = new Machine();
        string source = Path.Combine(machine.State, "source"), archive = Path.Combine(machine.State, "archive");
        Directory.CreateDirectory(Path.Combine(source, "sub"));
        await File.WriteAllTextAsync(Path.Combine(source, "sub", new string('n', 200)), "long");
        await File.WriteAllTextAsync(Path.Combine(source, "sub", "größe"), new string('g', 1_000_000));
        File.CreateSymbolicLink(Path.Combine(source, "link"), "sub/größe");
        foreach (string format in new[] { "gnu", "pax", "ustar" })
        {
            string[] excluded = format == "ustar" ? ["--exclude=nnn*"] : [];
            string[] arguments = ["-C", source, "--format=" + format, "--zstd", "-cf", archive, .. excluded, "."];
            using var tar = Process.Start("tar", arguments);
            await tar.WaitForExitAsync();
            string version = $"1.0.0-{format}";
            Assert.IsType<InstallOutcome.Installed>(await machine.InstallAsync(
                machine.Payload(version, PayloadFormat.TarZstd, await File.ReadAllBytesAsync(archive))));
            Assert.Equal(1_000_000, (await File.ReadAllTextAsync(Path.Combine(machine.Current, "link"))).Length);
        }
    }
}
