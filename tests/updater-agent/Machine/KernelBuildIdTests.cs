using SupplyChain.Tests.Kit;
using SupplyChain.UpdaterAgent.Core.Installation.Livepatch;
using SupplyChain.UpdaterAgent.Machine;

namespace SupplyChain.UpdaterAgent.Tests.Machine;

public sealed class KernelBuildIdTests
{
    [Fact]
    public void The_note_of_gnu_and_type_3_is_found_behind_others()
    {
        byte[] notes = [.. Note("Xen\0", 3, [1, 2, 3, 4]), .. Note("GNU\0", 1, [5]), .. Note("GNU\0", 3, [0xab, 0xcd, 0xef])];
        Assert.Equal("abcdef", BuildIdNote.Find(notes));
    }

    [Fact]
    public void Without_such_a_note_there_is_none()
    {
        Assert.Null(BuildIdNote.Find([]));
        Assert.Null(BuildIdNote.Find(Note("GNU\0", 1, [1, 2])));
    }

    [Fact]
    public void Every_truncation_gives_none_and_no_error()
    {
        byte[] notes = Note("GNU\0", 3, [1, 2, 3, 4]);
        for (int length = 0; length < notes.Length; length++) Assert.Null(BuildIdNote.Find(notes.AsSpan(0, length)));
    }

    [Fact]
    public void Any_bytes_are_read_without_error() => ForAll.Seeds(1000, random =>
    {
        byte[] notes = new byte[random.Next(64)];
        random.NextBytes(notes);
        BuildIdNote.Find(notes);
    });

    [Fact]
    public void This_machine_says_what_it_is()
    {
        var facts = LocalMachine.Read();
        Assert.NotEmpty(facts.Architecture);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").TrimEnd(), facts.KernelRelease);
    }

    private static byte[] Note(string owner, int type, byte[] data) =>
    [
        .. BitConverter.GetBytes(owner.Length), .. BitConverter.GetBytes(data.Length), .. BitConverter.GetBytes(type),
        .. System.Text.Encoding.ASCII.GetBytes(owner), .. data, .. new byte[(4 - (data.Length % 4)) % 4],
    ];
}
