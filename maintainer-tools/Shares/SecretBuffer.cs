using System.Security.Cryptography;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>
/// Bytes that are erased when they are no longer needed. Pinned, so that the collector leaves no copies behind; no
/// equality, no text form.
/// </summary>
internal sealed class SecretBuffer : IDisposable
{
    private readonly byte[] _bytes;
    private bool _erased;

    public SecretBuffer(int length) => _bytes = GC.AllocateArray<byte>(length, pinned: true);

    public SecretBuffer(ReadOnlySpan<byte> bytes) : this(bytes.Length) => bytes.CopyTo(_bytes);

    public int Length => _bytes.Length;

    /// <exception cref="ObjectDisposedException">The bytes are erased already.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_erased, this);
            return _bytes;
        }
    }

    /// <summary>The array itself, for the one library call that takes no span.</summary>
    internal byte[] Array => _bytes;

    /// <summary>Bytes from the operating system's generator.</summary>
    public static SecretBuffer Random(int length)
    {
        var buffer = new SecretBuffer(length);
        RandomNumberGenerator.Fill(buffer.Span);
        return buffer;
    }

    public void Dispose()
    {
        _erased = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
