using SupplyChain.UpdaterAgent.Core.Installation.Archives;

namespace SupplyChain.UpdaterAgent.Installation.Archives;

/// <summary>
/// What has to be known of a tar header before the tar reader sees it (POSIX ustar): the octal size at 124, and the type
/// at 156, where <c>x</c>, <c>g</c>, <c>L</c> and <c>K</c> are headers that describe other entries.
/// </summary>
internal static class TarBlock
{
    public const int Size = 512;

    private const int SizeAt = 124, SizeLength = 12, TypeAt = 156;

    /// <summary>
    /// Bytes that follow a header which describes other entries, padded to whole blocks; 0 for every other header. Null when
    /// there are more than <see cref="ArchiveLimits.MaxMetadataSize"/>.
    /// </summary>
    public static long? ExtensionSize(ReadOnlySpan<byte> header)
    {
        if (header[TypeAt] is not ((byte)'x' or (byte)'g' or (byte)'L' or (byte)'K')) return 0;

        // Whatever the tar reader makes of the rest, it cannot be more than all digits say; a binary number is far above.
        long size = 0;
        foreach (byte digit in header.Slice(SizeAt, SizeLength))
        {
            if (digit >= 0x80) return null;
            if (digit is >= (byte)'0' and <= (byte)'7') size = size * 8 + (digit - '0');
        }

        return size > ArchiveLimits.MaxMetadataSize ? null : (size + Size - 1) / Size * Size;
    }
}
