using System.Net;
using SupplyChain.Protocol;
using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Installation;
using SupplyChain.UpdaterAgent.Core.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation.Disk;
using SupplyChain.UpdaterAgent.State;
using SupplyChain.UpdaterAgent.Tests.Installation;
using SupplyChain.UpdaterAgent.Transport;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>What an agent reads from its folders, from archives, from nodes and from the kernel.</summary>
internal static class AgentReaders
{
    private static readonly ArchiveLimits SmallLimits = new(MaxEntries: 64, MaxSize: 1 << 20);

    public static IEnumerable<Reader> All => [.. Files(), .. Archives()];

    private static IEnumerable<Reader> Files() =>
    [
        // Written by hand too, so any spelling goes; what counts is that what is understood is understood the same again.
        Reader.Of("agent.config", typeof(AgentConfig), nameof(AgentConfig.Parse), bytes =>
        {
            if (AgentConfig.Parse(bytes, out _) is not { } config) return Answer.Refused;
            _ = config.Poll;
            byte[] written = config.ToJson();
            if (AgentConfig.Parse(written, out _) is not { } again || !again.ToJson().AsSpan().SequenceEqual(written))
                throw new InvalidOperationException("what was written is read as something else");
            return Answer.Accept();
        }, () => [new AgentConfig("linux", "stable", "/opt/linux", ["/usr/bin/true", "-x"], 60, 7).ToJson(),
            new AgentConfig("linux", "stable", "/opt/linux").ToJson()]),
        Reader.Of("agent.slot-description", typeof(InstalledRelease), nameof(InstalledRelease.TryRead), bytes =>
            InstalledRelease.TryRead(bytes, out var installed) ? Answer.Accept(installed.ToBytes()) : Answer.Refused,
            () => [Installed("1.0.0").ToBytes()]),
        new Reader("agent.install-journal", bytes =>
            InstallJournal.TryRead(bytes, out var journal) ? Answer.Accept(journal.ToBytes()) : Answer.Refused,
            () => [Journal().ToBytes(), Journal().RollBack("it \"failed\"").ToBytes()])
        {
            Covers = [(typeof(InstallJournal), nameof(InstallJournal.TryRead)), (typeof(InstallStepNames), nameof(InstallStepNames.TryParse))],
        },
        new Reader("agent.current-link", bytes =>
        {
            string text = ProtocolReaders.Latin(bytes);
            return SlotNames.TryParseLink(text, out var slot) ? Answer.Accept(ProtocolReaders.Ascii(slot.LinkTarget())) : Answer.Refused;
        }, () => [ProtocolReaders.Ascii("slots/a"), ProtocolReaders.Ascii("slots/b")])
        {
            Covers = [(typeof(SlotNames), nameof(SlotNames.TryParseLink)), (typeof(SlotNames), nameof(SlotNames.TryParse))],
        },
        Reader.Of("agent.lock-holder", typeof(LockHolder), nameof(LockHolder.Parse), bytes =>
            LockHolder.Parse(bytes) is null ? Answer.Refused : Answer.Accept(), () => ["17\n1767225600\nupdater-agent run\n"u8.ToArray()]),
        Reader.Of("agent.problem", typeof(ProblemName), nameof(ProblemName.Read), bytes =>
        {
            using var response = new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new ByteArrayContent(bytes) };
            return ProblemName.Read(response, CancellationToken.None).GetAwaiter().GetResult() is null ? Answer.Refused : Answer.Accept();
        }, () => ["{\"type\":\"urn:supplychain:problem:not-found\",\"title\":\"x\",\"status\":404}"u8.ToArray()]),
    ];

    private static IEnumerable<Reader> Archives() =>
    [
        Reader.Of("agent.archive-name", typeof(ArchivePath), nameof(ArchivePath.Read), bytes =>
            ArchivePath.Read(ProtocolReaders.Utf8(bytes), isDirectory: true, out string path) is not null ? Answer.Refused
                : Path.GetFullPath(Path.Combine("/slot", path)) is var full && (full == "/slot" || full.StartsWith("/slot/", StringComparison.Ordinal))
                ? Answer.Accept()
                : throw new InvalidOperationException($"'{path}' leaves the slot"),
            () => ["usr/lib/x"u8.ToArray(), "./a/"u8.ToArray(), "é/→"u8.ToArray()]),
        new Reader("agent.tar", bytes => Unpack(new MemoryStream(bytes)), () => [Tar()])
        {
            Covers = [(typeof(TarExtraction), nameof(TarExtraction.Extract)), (typeof(TarEntryReader), nameof(TarEntryReader.TryRead))],
        },
        new Reader("agent.tar-zstd", bytes =>
        {
            using var zstd = new ZstdStream(new MemoryStream(bytes));
            return Unpack(zstd);
        }, () => [ZstdBytes.Frame(Tar()), ZstdBytes.Bomb(Tar(), blocks: 4)])
        {
            Covers = [(typeof(TarExtraction), nameof(TarExtraction.Extract))],
        },
    ];

    private static Answer Unpack(Stream tar) =>
        new TarExtraction(new NoDisk(), "/slot", SmallLimits).Extract(tar, CancellationToken.None) is null ? Answer.Accept() : Answer.Refused;

    private static byte[] Tar() => new TarBytes()
        .Directory("usr/").File("usr/a", "one").Pax('x', ("path", "usr/b"), ("mtime", "1.5")).File("x", "two")
        .SymbolicLink("usr/l", "a").HardLink("usr/h", "usr/a").End();

    private static InstalledRelease Installed(string version) =>
        new("linux", "stable", TestNetwork.Version(version), Digest.Of("release"u8), Digest.Of("payload"u8));

    private static InstallJournal Journal() =>
        InstallJournal.Empty.Stage(new Placement("b", Installed("1.1.0")), new Placement("a", Installed("1.0.0"))).Switch();

    /// <summary>Takes everything and keeps nothing, and holds the paths it is given to the slot.</summary>
    private sealed class NoDisk : IDisk
    {
        public void CreateDirectory(string path, UnixFileMode mode) => RequireInside(path);

        public Stream CreateFile(string path, UnixFileMode mode)
        {
            RequireInside(path);
            return Stream.Null;
        }

        public void CreateSymbolicLink(string path, string target)
        {
            RequireInside(path);
            RequireInside(Path.Combine(Path.GetDirectoryName(path)!, target));
        }

        public void CreateHardLink(string path, string existing)
        {
            RequireInside(path);
            RequireInside(existing);
        }

        public void SetMode(string path, UnixFileMode mode) => RequireInside(path);

        public void Rename(string from, string to) => throw new NotSupportedException();

        public void DeleteFile(string path) => throw new NotSupportedException();

        public void DeleteDirectory(string path) => throw new NotSupportedException();

        public void Sync(string path) => throw new NotSupportedException();

        private static void RequireInside(string path)
        {
            string full = Path.GetFullPath(path);
            if (full != "/slot" && !full.StartsWith("/slot/", StringComparison.Ordinal))
                throw new InvalidOperationException($"'{path}' leaves the slot");
        }
    }
}
