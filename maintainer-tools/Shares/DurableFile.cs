using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SupplyChain.MaintainerTools.Terminal;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>
/// Files that are whole or not there: written under another name, flushed to the disk, then linked into place. The link
/// fails where something is already, so that nothing is ever overwritten.
/// </summary>
internal static class DurableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Creates a file that only its owner may read.</summary>
    /// <exception cref="CommandFailure">There is a file of this name, or the disk refused.</exception>
    public static void CreateSecret(string path, ReadOnlySpan<byte> content)
    {
        if (!TryCreate(path, content, OwnerOnly)) throw Exists(path);
    }

    /// <summary>Creates a file for everybody.</summary>
    /// <exception cref="CommandFailure">There is a file of this name, or the disk refused.</exception>
    public static void CreatePublic(string path, ReadOnlySpan<byte> content)
    {
        if (!TryCreate(path, content, Readable)) throw Exists(path);
    }

    /// <summary>Creates a public file; a file with the very same content is as good.</summary>
    /// <exception cref="CommandFailure">There is another file of this name, or the disk refused.</exception>
    public static void EnsurePublic(string path, ReadOnlySpan<byte> content)
    {
        if (TryCreate(path, content, Readable)) return;
        if (!Read(path, content.Length).AsSpan().SequenceEqual(content)) throw Exists(path);
    }

    /// <exception cref="CommandFailure">Not there, not readable, or longer than <paramref name="maxSize"/>.</exception>
    public static byte[] Read(string path, int maxSize)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            byte[] content = new byte[maxSize + 1];
            int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length > maxSize)
            {
                throw CommandFailure.Refused("file-too-large", $"{path} has more than {maxSize} bytes.",
                    "check that this is the file you meant");
            }

            return content[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Environment("file-unreadable", $"{path} cannot be read: {e.Message}",
                "check the path and its permissions");
        }
    }

    private static bool TryCreate(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        path = Path.GetFullPath(path);
        string directory = Path.GetDirectoryName(path) ?? "/";
        string temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");
        try
        {
            EnsureFolder(directory);
            if (IsThere(path)) return false;

            Write(temporary, content, mode);
            return TryLink(temporary, path, directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Environment("file-unwritable", $"{path} cannot be written: {e.Message}",
                "check the folder's permissions and the free space");
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    // A new folder is a name in its parent, which has to be flushed as well.
    private static void EnsureFolder(string directory)
    {
        if (Directory.Exists(directory) || Path.GetDirectoryName(directory) is not { } parent) return;

        EnsureFolder(parent);
        Directory.CreateDirectory(directory);
        DirectoryEntry.Flush(parent);
    }

    private static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
            BufferSize = 0,
        };
        using var stream = new FileStream(path, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    // Without `overwrite` the runtime links the new name and then unlinks the old one; the link is what cannot overwrite.
    private static bool TryLink(string temporary, string path, string directory)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (IsThere(path))
        {
            return false;
        }

        DirectoryEntry.Flush(directory);
        return true;
    }

    // A link that leads nowhere is there too: somebody put it where a file was to be.
    private static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static CommandFailure Exists(string path) => CommandFailure.Failed("file-exists",
        $"{path} is there already, and nothing is ever overwritten.", "choose another name, or move the file away if it is not needed");
}

/// <summary>A name in a folder is durable once the folder itself is flushed, which .NET has no call for.</summary>
internal static class DirectoryEntry
{
    private const int ReadOnlyDirectory = 0x10000;

    public static void Flush(string directory)
    {
        int descriptor = Open([.. Encoding.UTF8.GetBytes(directory), 0], ReadOnlyDirectory);
        if (descriptor < 0) throw new IOException($"The folder {directory} cannot be opened to flush it.");

        int flushed = Fsync(descriptor);
        _ = Close(descriptor);
        if (flushed != 0) throw new IOException($"The folder {directory} cannot be flushed.");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
