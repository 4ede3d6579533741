using Microsoft.Win32.SafeHandles;

namespace SupplyChain.UpdaterAgent.Installation.Livepatch;

/// <summary>Everything that asks something of the kernel besides reading its files, so that a test can be the kernel.</summary>
internal interface IKernelCalls
{
    /// <summary>Milliseconds since boot.</summary>
    ulong Monotonic { get; }

    /// <summary>A file in memory with these bytes, which nobody, not even this process, can change any more.</summary>
    SafeFileHandle Seal(ReadOnlySpan<byte> bytes);

    /// <summary>finit_module(2): 0, or the error number.</summary>
    int Load(SafeFileHandle module);

    /// <summary>delete_module(2) without waiting: 0, or the error number.</summary>
    int Unload(string module);

    /// <summary>Writes to a file of /sys in one piece: 0, or the error number.</summary>
    int Write(string path, string text);

    /// <summary>Every record that <c>/dev/kmsg</c> still has, oldest first; none where it cannot be read.</summary>
    IReadOnlyList<string> ReadLog();
}
