using SupplyChain.UpdaterAgent.Core.Installation.Archives;

namespace SupplyChain.UpdaterAgent.Installation.Archives;

/// <summary>A rule was broken in the middle of a read; only <see cref="TarExtraction"/> catches this.</summary>
internal sealed class ArchiveRefusedException(ArchiveRule rule, string seen) : Exception(seen)
{
    public ArchiveRule Rule { get; } = rule;
}

/// <summary>
/// The unpacked archive as the tar reader sees it, with two bounds: bytes in all, and bytes of headers per entry. The
/// tar reader takes an extended header's length from the archive and asks for all of it at once, so the second bound
/// looks at what is asked for, before any of it is read.
/// </summary>
internal sealed class ArchiveStream(Stream source, ArchiveLimits limits) : ReadOnlyStream
{
    private long _remaining = limits.MaxSize;
    private int? _metadata;

    /// <summary>From here to <see cref="EndMetadata"/> only headers are read.</summary>
    public void BeginMetadata() => _metadata = ArchiveLimits.MaxMetadataSize;

    public void EndMetadata() => _metadata = null;

    /// <exception cref="ArchiveRefusedException">A bound was reached.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_metadata < buffer.Length)
        {
            throw new ArchiveRefusedException(
                ArchiveRule.ExtendedAttribute, $"more than {ArchiveLimits.MaxMetadataSize} bytes of headers");
        }

        int read = source.Read(buffer);
        _metadata -= read;
        _remaining -= read;
        return _remaining >= 0
            ? read
            : throw new ArchiveRefusedException(ArchiveRule.TotalSize, $"more than {limits.MaxSize} bytes in all");
    }

    /// <summary>Reads to the end; true if there are only zeros, as tar pads with.</summary>
    public bool OnlyZerosRemain()
    {
        byte[] buffer = new byte[65_536];
        while (Read(buffer) is > 0 and int read)
        {
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0)) return false;
        }

        return true;
    }
}
