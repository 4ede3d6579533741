using System.Buffers.Binary;

namespace SupplyChain.UpdaterAgent.Core.Installation.Livepatch;

/// <summary>
/// The build id among ELF notes, each u32 name size ‖ u32 data size ‖ u32 type ‖ name ‖ data, both padded to 4 bytes.
/// Ours is of owner <c>GNU</c> and type 3; others may come before it.
/// </summary>
public static class BuildIdNote
{
    private const int HeaderSize = 12;
    private const uint BuildIdType = 3;

    /// <summary>Lower-case hexadecimal; null where there is none.</summary>
    public static string? Find(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= HeaderSize)
        {
            uint nameSize = U32(notes), dataSize = U32(notes[4..]), type = U32(notes[8..]);
            ulong nameEnd = HeaderSize + Padded(nameSize), end = nameEnd + Padded(dataSize);
            if (end > (ulong)notes.Length) return null;

            var name = notes.Slice(HeaderSize, (int)nameSize);
            if (type == BuildIdType && name.SequenceEqual("GNU\0"u8))
                return Convert.ToHexStringLower(notes.Slice((int)nameEnd, (int)dataSize));

            notes = notes[(int)end..];
        }

        return null;
    }

    private static ulong Padded(uint size) => ((ulong)size + 3) & ~3UL;

    // Notes are in the machine's own order; .NET runs on little-endian Linux alone.
    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
