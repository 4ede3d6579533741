using System.Buffers.Binary;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>
/// The sections of a relocatable 64-bit little-endian ELF file, as a kernel module is one. Of the file header: magic,
/// class, order and version at 0, type at 16, machine at 18, place of the section headers at 40, their size, number and
/// the index of their names' section at 58, 60 and 62. Of a section header (64 bytes): name at 0, type at 4, place at 24,
/// size at 32.
/// </summary>
internal readonly ref struct ElfSections
{
    private const int FileHeaderSize = 64, SectionHeaderSize = 64;
    private const int Relocatable = 1;
    private const uint NoBits = 8;

    private readonly ReadOnlySpan<byte> _file;
    private readonly ReadOnlySpan<byte> _headers;
    private readonly ReadOnlySpan<byte> _names;

    private ElfSections(ReadOnlySpan<byte> file, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> names)
    {
        _file = file;
        _headers = headers;
        _names = names;
    }

    /// <summary>The number of the machine that the file is for.</summary>
    public int Machine => U16(_file, 18);

    public static bool TryRead(ReadOnlySpan<byte> file, out ElfSections sections)
    {
        sections = default;
        if (file.Length < FileHeaderSize || !file.StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1])) return false;
        if (U16(file, 16) != Relocatable || U16(file, 58) != SectionHeaderSize) return false;

        int count = U16(file, 60), namesIndex = U16(file, 62);
        if (namesIndex >= count) return false;
        if (!TrySlice(file, U64(file, 40), (ulong)count * SectionHeaderSize, out var headers)) return false;

        var namesHeader = headers.Slice(namesIndex * SectionHeaderSize, SectionHeaderSize);
        if (!TrySlice(file, U64(namesHeader, 24), U64(namesHeader, 32), out var names)) return false;

        sections = new ElfSections(file, headers, names);
        return true;
    }

    /// <summary>The bytes of the section of this name; false where there is none, more than one, or none with bytes in the file.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content)
    {
        content = default;
        bool found = false;
        for (var rest = _headers; rest.Length > 0; rest = rest[SectionHeaderSize..])
        {
            if (!IsNamed(BinaryPrimitives.ReadUInt32LittleEndian(rest), name)) continue;
            if (found || BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) == NoBits) return false;
            if (!TrySlice(_file, U64(rest, 24), U64(rest, 32), out content)) return false;
            found = true;
        }

        return found;
    }

    private bool IsNamed(uint place, ReadOnlySpan<byte> name) =>
        place < _names.Length
        && _names[(int)place..].StartsWith(name)
        && (uint)name.Length < _names.Length - place
        && _names[(int)place + name.Length] == 0;

    private static bool TrySlice(ReadOnlySpan<byte> file, ulong start, ulong size, out ReadOnlySpan<byte> slice)
    {
        ulong length = (ulong)file.Length;
        bool fits = start <= length && size <= length - start;
        slice = fits ? file.Slice((int)start, (int)size) : default;
        return fits;
    }

    private static int U16(ReadOnlySpan<byte> bytes, int place) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[place..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int place) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[place..]);
}
