using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SupplyChain.RepoNode.Storage;

/// <summary>
/// What durability needs and the base library does not offer: <c>fdatasync</c> (its flush is a full <c>fsync</c>, which
/// also writes times), <c>fsync</c> of a directory after a rename, and a read that does not come from the page cache.
/// </summary>
internal static partial class FileSync
{
    private const int OpenReadOnlyCloseOnExec = 0x80000;
    private const int AdviseDontNeed = 4;
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Whether it was room that the disk lacked.</summary>
    public static bool IsDiskFull(IOException failure) => failure.HResult is NoSpaceLeft or QuotaExceeded;

    /// <summary>Waits until the file's bytes are on the disk.</summary>
    /// <exception cref="IOException">They may not be: the caller must not go on as if they were, and must not try
    /// again.</exception>
    public static void Data(SafeFileHandle file) => Check(FDataSync(file), "fdatasync");

    /// <summary>Waits until the names in a directory are on the disk.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    public static void Directory(string path)
    {
        using var directory = new SafeFileHandle(Open(path, OpenReadOnlyCloseOnExec), ownsHandle: true);
        Check(directory.IsInvalid ? -1 : 0, "open");
        Check(FSync(directory), "fsync");
    }

    /// <summary>Asks the kernel to forget the file's clean pages, so that the next read comes from the disk.</summary>
    public static void DropCache(SafeFileHandle file) => _ = FAdvise(file, 0, 0, AdviseDontNeed);

    private static void Check(int result, string call)
    {
        if (result == 0) return;

        int error = Marshal.GetLastPInvokeError();
        throw new IOException($"{call}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int FAdvise(SafeFileHandle file, long offset, long length, int advice);
}
