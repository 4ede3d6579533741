using System.Buffers.Binary;
using System.Text;

namespace SupplyChain.UpdaterAgent.Tests.Installation.Livepatch;

/// <summary>A kernel module as the reader sees one: an ELF file with the sections that matter, and nothing that could run.</summary>
internal sealed record ModuleBytes
{
    public const string Kernel = "6.1.0-test";

    public string Name { get; init; } = "patch_one";

    public byte[] BuildId { get; init; } = [1, 2, 3, 4];

    /// <summary>The texts of <c>.modinfo</c>.</summary>
    public IReadOnlyList<string> Info { get; init; } = ["livepatch=Y", "license=GPL", $"vermagic={Kernel} SMP preempt mod_unload modversions "];

    public ushort Machine { get; init; } = 62;

    /// <summary>Sections behind the four that a module has.</summary>
    public IReadOnlyList<(string Name, byte[] Content)> More { get; init; } = [];

    public bool Signed { get; init; }

    public byte[] ToArray()
    {
        byte[] self = new byte[128];
        Encoding.ASCII.GetBytes(Name, self.AsSpan(24));
        (string Name, byte[] Content)[] sections =
        [
            ("", []),
            (".note.gnu.build-id", [4, 0, 0, 0, (byte)BuildId.Length, 0, 0, 0, 3, 0, 0, 0, .. "GNU\0"u8, .. BuildId]),
            (".modinfo", Encoding.ASCII.GetBytes(string.Concat(Info.Select(text => text + '\0')))),
            (".gnu.linkonce.this_module", self),
            .. More,
        ];
        string names = string.Concat(sections.Select(section => section.Name + '\0')) + ".shstrtab\0";
        sections = [.. sections, (".shstrtab", Encoding.ASCII.GetBytes(names))];

        var content = new List<byte>(new byte[64]);
        var headers = new List<byte>();
        int name = 0;
        foreach (var section in sections)
        {
            byte[] header = new byte[64];
            BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)name);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 1);
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), (ulong)content.Count);
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), (ulong)section.Content.Length);
            headers.AddRange(header);
            content.AddRange(section.Content);
            name += section.Name.Length + 1;
        }

        byte[] file = [.. content, .. headers, .. Signed ? "signature~Module signature appended~\n"u8.ToArray() : []];
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), Machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(40), (ulong)content.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(60), (ushort)sections.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(62), (ushort)(sections.Length - 1));
        return file;
    }
}
