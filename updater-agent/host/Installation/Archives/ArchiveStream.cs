using SupplyChain.UpdaterAgent.Core.Installation.Archives;

namespace SupplyChain.UpdaterAgent.Installation.Archives;

/// <summary>A rule was broken in the middle of a read; only <see cref="TarExtraction"/> catches this.</summary>
internal sealed class ArchiveRefusedException(ArchiveRule rule, string seen) : Exception(seen)
{
    public ArchiveRule Rule { get; } = rule;
}

/// <summary>
/// The unpacked archive as the tar reader sees it, with two bounds: bytes in all, and bytes of headers per entry. The
/// tar reader takes an extended header's length from the archive, allocates all of it and then asks for it, so the length
/// is looked at here as the header passes.
/// </summary>
internal sealed class ArchiveStream(Stream source, ArchiveLimits limits) : ReadOnlyStream
{
    private long _remaining = limits.MaxSize;
    private int? _metadata;
    private long _extension;

    /// <summary>From here to <see cref="EndMetadata"/> only headers are read.</summary>
    public void BeginMetadata()
    {
        _metadata = ArchiveLimits.MaxMetadataSize;
        _extension = 0;
    }

    public void EndMetadata() => _metadata = null;

    /// <exception cref="ArchiveRefusedException">A bound was reached.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_metadata < buffer.Length) throw TooManyHeaders();

        bool isHeader = _metadata is not null && _extension == 0 && buffer.Length == TarBlock.Size;
        int read = isHeader ? source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) : source.Read(buffer);
        if (isHeader && read == TarBlock.Size) _extension = TarBlock.ExtensionSize(buffer) ?? throw TooManyHeaders();
        else _extension = Math.Max(0, _extension - read);

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

    private static ArchiveRefusedException TooManyHeaders() =>
        new(ArchiveRule.ExtendedAttribute, $"more than {ArchiveLimits.MaxMetadataSize} bytes of headers");
}
