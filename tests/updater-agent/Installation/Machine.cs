using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.Installation.Health;

namespace SupplyChain.UpdaterAgent.Tests.Installation;

/// <summary>A machine to install on: a directory for the state, one to install into, and downloads.</summary>
internal sealed class Machine : IDisposable
{
    /// <summary>Healthy unless the tree holds a file named <c>bad</c>.</summary>
    public static readonly HealthCommand NothingBad = new(["/bin/sh", "-c", "test ! -e \"$1/bad\"", "sh"]);

    // In memory where there is such a place: the tests sync thousands of times.
    private static readonly string Place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string _root = Directory.CreateDirectory(Path.Combine(Place, "install-" + Guid.NewGuid())).FullName;

    public Machine() => Directory.CreateDirectory(State);

    public string State => Path.Combine(_root, "state");

    public string Install => Path.Combine(_root, "install");

    public string Current => Path.Combine(Install, "current");

    public HealthCommand? Health { get; init; }

    /// <summary>The version that a compromised key released; none unless set.</summary>
    public string? Void { get; set; }

    public ArchiveLimits? Limits { get; init; }

    /// <summary>An agent that starts; nothing is recovered yet.</summary>
    public Installer Start(IDisk? disk = null) =>
        new(State, new TreeKind(Install, Health, disk, Limits), disk) { IsVoid = release => release.Version.ToString() == Void };

    /// <summary>An agent that starts and finds nothing to recover, or recovers.</summary>
    public async Task<Installer> RecoverAsync()
    {
        var installer = Start();
        await installer.RecoverAsync(CancellationToken.None);
        return installer;
    }

    public async Task<InstallOutcome> InstallAsync(Payload payload) =>
        await (await RecoverAsync()).InstallAsync(payload, CancellationToken.None);

    /// <summary>A tree with a file <c>version</c> and a few more things, as a tar archive.</summary>
    public Payload Tree(string version, bool bad = false)
    {
        var tar = new TarBytes()
            .Directory("./")
            .File("./version", version)
            .Directory("./bin")
            .File("./bin/tool", "tool " + version, 0b111_101_101)
            .SymbolicLink("./tool", "bin/tool")
            .HardLink("./bin/same", "./bin/tool");
        if (bad) tar.File("./bad");
        return Payload(version, PayloadFormat.Tar, tar.End());
    }

    public Payload Payload(string version, PayloadFormat format, byte[] bytes, string name = "tool.tar")
    {
        string file = Path.Combine(_root, "download-" + version);
        File.WriteAllBytes(file, bytes);
        return new(Release(version, bytes), PayloadKind.Tree, format, name, file);
    }

    public static InstalledRelease Release(string version, byte[]? payload = null) => new(
        "tool",
        "stable",
        Version(version),
        Digest.Of(Encoding.UTF8.GetBytes("release " + version)),
        Digest.Of(payload ?? []));

    public static ReleaseVersion Version(string text)
    {
        Assert.True(ReleaseVersion.TryParse(text, out var version));
        return version;
    }

    /// <summary>The version of the whole tree that a program here finds; null when nothing is current.</summary>
    public string? RunningVersion()
    {
        if (!Durable.Exists(Current)) return null;

        string version = File.ReadAllText(Path.Combine(Current, "version"));
        Assert.Equal("tool " + version, File.ReadAllText(Path.Combine(Current, "tool")));
        Assert.Equal("tool " + version, File.ReadAllText(Path.Combine(Current, "bin", "same")));
        return version;
    }

    /// <summary>Everything below the install directory, links not followed, relative and sorted.</summary>
    public string[] Contents() =>
        [.. Below(Install).Select(path => Path.GetRelativePath(Install, path)).Order(StringComparer.Ordinal)];

    public string[] Slot(string slot) =>
        [.. Contents().Where(path => path.StartsWith("slots/" + slot, StringComparison.Ordinal))];

    private static IEnumerable<string> Below(string path) => !Durable.IsDirectory(path) ? [] :
        Directory.GetFileSystemEntries(path).SelectMany(entry => Below(entry).Prepend(entry));

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
