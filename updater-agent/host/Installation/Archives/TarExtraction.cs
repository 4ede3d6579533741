using System.Formats.Tar;
using SupplyChain.UpdaterAgent.Core.Installation.Archives;
using SupplyChain.UpdaterAgent.Installation.Disk;

namespace SupplyChain.UpdaterAgent.Installation.Archives;

/// <summary>
/// Unpacks a tar archive into an empty directory, entry by entry as <see cref="ArchivePolicy"/> admits them. After a
/// violation the directory holds part of the archive and is to be emptied.
/// </summary>
internal sealed class TarExtraction(IDisk disk, string root, ArchiveLimits limits)
{
    private const UnixFileMode ImpliedDirectoryMode = (UnixFileMode)0b111_101_101;

    private readonly ArchivePolicy _policy = new(limits);

    /// <summary>Null when the whole archive lies in the directory.</summary>
    public ArchiveViolation? Extract(Stream tar, CancellationToken cancellation)
    {
        var archive = new ArchiveStream(tar, limits);
        using var reader = new TarReader(archive, leaveOpen: true);
        string name = "";
        try
        {
            while (Next(reader, archive) is { } stated)
            {
                cancellation.ThrowIfCancellationRequested();
                name = stated.Name;
                if (!TarEntryReader.TryRead(stated, out var entry, out var violation)) return violation;
                if (entry is null) continue;
                if (!_policy.TryAdmit(entry, out var admitted, out violation)) return violation;
                Write(admitted!, stated.DataStream);
            }

            if (name.Length == 0) return new("", ArchiveRule.Readable, "the archive holds no entry");
            if (_policy.Finish() is { } atEnd) return atEnd;
            return archive.OnlyZerosRemain() ? null : new(name, ArchiveRule.NothingAfterEnd, "bytes after the end");
        }
        catch (ArchiveRefusedException e)
        {
            return new(name, e.Rule, e.Message);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return new(name, ArchiveRule.Readable, e.Message);
        }
    }

    // Everything the reader may throw on hostile headers is a refusal; errors of the disk under the archive are not.
    private static TarEntry? Next(TarReader reader, ArchiveStream archive)
    {
        archive.BeginMetadata();
        try
        {
            return reader.GetNextEntry();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException
            or ArithmeticException or NotSupportedException)
        {
            throw new ArchiveRefusedException(ArchiveRule.Readable, e.Message);
        }
        finally
        {
            archive.EndMetadata();
        }
    }

    private void Write(AdmittedEntry entry, Stream? content)
    {
        foreach (string parent in entry.NewParents) disk.CreateDirectory(PathOf(parent), ImpliedDirectoryMode);

        string path = PathOf(entry.Path);
        var mode = (UnixFileMode)entry.Mode;
        switch (entry.Type)
        {
            case ArchiveEntryType.File:
                using (var file = disk.CreateFile(path, mode)) content?.CopyTo(file);
                break;
            case ArchiveEntryType.Directory when entry.Exists:
                disk.SetMode(path, mode);
                break;
            case ArchiveEntryType.Directory:
                disk.CreateDirectory(path, mode);
                break;
            case ArchiveEntryType.SymbolicLink:
                disk.CreateSymbolicLink(path, entry.LinkTarget);
                break;
            case ArchiveEntryType.HardLink:
                disk.CreateHardLink(path, PathOf(entry.LinkTarget));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(entry), entry.Type, null);
        }
    }

    private string PathOf(string path) => path.Length == 0 ? root : Path.Combine(root, path);
}
