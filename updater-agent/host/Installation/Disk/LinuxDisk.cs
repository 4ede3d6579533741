using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SupplyChain.UpdaterAgent.Installation.Disk;

/// <summary>
/// Linux system calls. The base library's equivalents sync no directories, copy where a rename fails, and make whole
/// chains of directories.
/// </summary>
internal sealed partial class LinuxDisk : IDisk
{
    private const int NoFollow = 0x20000, CloseOnExec = 0x80000, CurrentDirectory = -100;
    private const int NotPermitted = 1, AccessDenied = 13;

    public void CreateDirectory(string path, UnixFileMode mode)
    {
        Check(MakeDirectory(path, 0b111_000_000), path);
        SetMode(path, mode);
    }

    public Stream CreateFile(string path, UnixFileMode mode)
    {
        var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        // Set afterwards, since the process's umask takes bits away from a mode given at creation.
        SetMode(path, mode);
        return stream;
    }

    public void CreateSymbolicLink(string path, string target) => File.CreateSymbolicLink(path, target);

    public void CreateHardLink(string path, string existing) =>
        Check(Link(CurrentDirectory, existing, CurrentDirectory, path, 0), path);

    public void SetMode(string path, UnixFileMode mode) => Check(ChangeMode(path, (uint)mode), path);

    public void Rename(string from, string to) => Check(RenameFile(from, to), to);

    public void DeleteFile(string path) => Check(Unlink(path), path);

    public void DeleteDirectory(string path) => Check(RemoveDirectory(path), path);

    public void Sync(string path)
    {
        using var handle = Open(path, NoFollow | CloseOnExec);
        Check(handle.IsInvalid ? -1 : 0, path);
        Check(Synchronize(handle), path);
    }

    private static void Check(int result, string path)
    {
        if (result >= 0) return;

        // As the base library tells them apart: who may not is another thing than a disk that cannot.
        string message = $"{path}: {Marshal.GetLastPInvokeErrorMessage()}";
        throw Marshal.GetLastPInvokeError() is NotPermitted or AccessDenied
            ? new UnauthorizedAccessException(message)
            : new IOException(message);
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(int fromDirectory, string from, int toDirectory, string to, int flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(SafeFileHandle file);
}
