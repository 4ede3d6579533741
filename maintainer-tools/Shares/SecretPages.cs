using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>
/// Whole pages of memory from the system, kept from swap (mlock) and from core files (MADV_DONTDUMP), erased and given back by
/// <see cref="Release"/>. Nothing else shares them, so giving them back unlocks nobody else's. There is no finalizer: one
/// could run while a span of them is still in use.
/// </summary>
internal sealed unsafe class SecretPages
{
    private const int ReadWrite = 3, PrivateAnonymous = 0x22, DoNotDump = 16;

    private static int _unlocked;

    private readonly nuint _size;
    private byte* _start;

    public SecretPages(int length)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        _size = ((nuint)Math.Max(1, length) + page - 1) / page * page;
        nint start = Map(0, _size, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == -1) throw new InsufficientMemoryException("The system gives no memory for a secret.");
        _start = (byte*)start;

        // A limit on locked memory (ulimit -l) can be too low; the work goes on, and the program says so at its end.
        if (Lock(_start, _size) != 0) Interlocked.Increment(ref _unlocked);
        _ = Advise(_start, _size, DoNotDump);
    }

    /// <summary>Some secret of this process could not be kept from swap.</summary>
    public static bool SomeUnlocked => Volatile.Read(ref _unlocked) > 0;

    public Span<byte> Span => new(_start, (int)_size);

    public void Release()
    {
        if (_start is null) return;

        CryptographicOperations.ZeroMemory(Span);
        _ = Unmap(_start, _size);
        _start = null;
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static extern int Unmap(byte* address, nuint length);

    [DllImport("libc", EntryPoint = "mlock", SetLastError = true)]
    private static extern int Lock(byte* address, nuint length);

    [DllImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static extern int Advise(byte* address, nuint length, int advice);
}
