using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SupplyChain.ThresholdSig.Field;

/// <summary>
/// Secret scalars in one pinned array, which the garbage collector neither moves nor copies, erased on disposal. What a
/// computation leaves in registers and on the stack for an instant is not covered.
/// </summary>
internal sealed class SecretScalars(int count) : IDisposable
{
    private readonly Scalar[] _scalars = GC.AllocateArray<Scalar>(count, pinned: true);
    private bool _disposed;

    public int Count => _scalars.Length;

    public ref Scalar this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return ref _scalars[index];
        }
    }

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_scalars.AsSpan()));
    }
}
