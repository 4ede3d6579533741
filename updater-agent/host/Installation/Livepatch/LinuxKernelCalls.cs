using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>The calls themselves. glibc has no wrappers for modules, so those go by number.</summary>
internal sealed partial class LinuxKernelCalls : IKernelCalls
{
    private const uint CloseOnExec = 1, AllowSealing = 2;
    private const int AddSeals = 1033, SealShrinkGrowWrite = 0x2 | 0x4 | 0x8, SealSeal = 0x1;
    private const int WriteOnly = 1, NonBlocking = 0x800, OpenCloseOnExec = 0x80000;
    private const int Overrun = 32, RecordSize = 8192, MaxRecords = 65_536;
    private const string Log = "/dev/kmsg";

    // asm/unistd_64.h and asm-generic/unistd.h.
    private static readonly (nint Load, nint Unload) Numbers =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (313, 176) : (273, 106);

    public ulong Monotonic => (ulong)Environment.TickCount64;

    public SafeFileHandle Seal(ReadOnlySpan<byte> bytes)
    {
        var file = new SafeFileHandle(CreateInMemory("livepatch", CloseOnExec | AllowSealing), ownsHandle: true);
        if (file.IsInvalid) throw Failed("memfd_create");

        RandomAccess.Write(file, bytes, 0);
        return Control(file, AddSeals, SealShrinkGrowWrite | SealSeal) == 0 ? file : throw Failed("sealing a module");
    }

    public int Load(SafeFileHandle module) =>
        LoadModule(Numbers.Load, module, "", 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public int Unload(string module) =>
        UnloadModule(Numbers.Unload, module, NonBlocking) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public int Write(string path, string text)
    {
        using var file = Open(path, WriteOnly | OpenCloseOnExec);
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        bool isWritten = !file.IsInvalid && Write(file, ref bytes[0], bytes.Length) == bytes.Length;
        return isWritten ? 0 : Marshal.GetLastPInvokeError();
    }

    public IReadOnlyList<string> ReadLog()
    {
        var records = new List<string>();
        using var log = Open(Log, NonBlocking | OpenCloseOnExec);
        byte[] buffer = new byte[RecordSize];
        while (!log.IsInvalid && records.Count < MaxRecords)
        {
            nint read = Read(log, ref buffer[0], buffer.Length);
            // A record that was overwritten while we read: the next one is there.
            if (read < 0 && Marshal.GetLastPInvokeError() == Overrun) continue;
            if (read <= 0) break;
            records.Add(Encoding.UTF8.GetString(buffer, 0, (int)read));
        }

        return records;
    }

    private static IOException Failed(string what) => new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateInMemory(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint LoadModule(nint number, SafeFileHandle file, string parameters, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint UnloadModule(nint number, string name, nint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ref byte buffer, nint count);
}
