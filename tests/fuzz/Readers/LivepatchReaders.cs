using SupplyChain.Protocol;
using SupplyChain.Protocol.Statements;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>Kernel modules, and what the agent keeps about those it applied.</summary>
internal static class LivepatchReaders
{
    public static IEnumerable<Reader> All =>
    [
        new Reader("agent.module", bytes =>
            ModuleFile.TryRead(bytes, out _, out _) ? Answer.Accept() : Answer.Refused,
            () => [new ModuleBytes().ToArray(), new ModuleBytes { Signed = true, More = [(".klp.rela.vmlinux..text", new byte[24])] }.ToArray()])
        {
            Covers = [(typeof(ModuleFile), nameof(ModuleFile.TryRead)), (typeof(ElfSections), nameof(ElfSections.TryRead))],
        },
        Reader.Of("agent.kernel-notes", typeof(BuildIdNote), nameof(BuildIdNote.Find), bytes =>
            BuildIdNote.Find(bytes) is null ? Answer.Refused : Answer.Accept(), () => [Notes()]),
        Reader.Of("agent.staged-patch", typeof(StagedPatch), nameof(StagedPatch.TryRead), bytes =>
            StagedPatch.TryRead(bytes, out var patch) ? Answer.Accept(patch.ToBytes()) : Answer.Refused,
            () => [new StagedPatch("patch_one", "0102", new Target("x86_64", "6.1.0-test", "00ff")).ToBytes()]),
        Reader.Of("agent.applications", typeof(ApplicationRecord), nameof(ApplicationRecord.TryRead), bytes =>
            ApplicationRecord.TryRead(bytes, out var record) ? Answer.Accept(record.ToBytes()) : Answer.Refused,
            () => [ApplicationRecord.Empty.ToBytes(), Applied("first").ToBytes(), Applied("first").Accept(Digest.Of(ProtocolReaders.Ascii("first"))).ToBytes(), Applied("first").Settle(Boot('b')).ToBytes()]),
    ];

    private static ApplicationRecord Applied(string payload) =>
        ApplicationRecord.Empty.Begin(new ApplicationIntent(Digest.Of(ProtocolReaders.Ascii(payload)), Boot('a'), 7, new KernelMark(4096, 12)));

    private static string Boot(char digit) => new(digit, 36);

    // One note of somebody else's, then the build id.
    private static byte[] Notes() =>
    [
        6, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, .. "Linux\0"u8, 0, 0, 9, 0, 0, 0,
        4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, .. "GNU\0"u8, .. new byte[20],
    ];
}
