namespace SupplyChain.UpdaterAgent.Core.Installation.Archives;

/// <summary>Bounds on what an archive may unpack to.</summary>
/// <param name="MaxEntries">Files, links and directories, implied parents included.</param>
/// <param name="MaxSize">Bytes of the unpacked archive, headers included.</param>
public sealed record ArchiveLimits(int MaxEntries, long MaxSize)
{
    public static ArchiveLimits Default { get; } = new(MaxEntries: 1 << 18, MaxSize: 1L << 34);

    /// <summary>UTF-8 bytes of an entry's name, and of a link's target.</summary>
    public const int MaxPathLength = 1024;

    /// <summary>UTF-8 bytes between two slashes; what Linux file systems hold.</summary>
    public const int MaxComponentLength = 255;

    /// <summary>Bytes of headers and extended attributes that describe one entry.</summary>
    public const int MaxMetadataSize = 65_536;
}
