using System.Security.Cryptography;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>
/// Bytes that are erased when they are no longer needed. They lie in pages of their own, outside the collector's heap, which
/// are neither swapped out nor put into a core file; no equality, no text form.
/// </summary>
internal sealed class SecretBuffer : IDisposable
{
    private readonly SecretPages _pages;
    private bool _erased;

    public SecretBuffer(int length)
    {
        _pages = new SecretPages(length);
        Length = length;
    }

    public SecretBuffer(ReadOnlySpan<byte> bytes) : this(bytes.Length) => bytes.CopyTo(Span);

    public int Length { get; }

    /// <summary>For as long as the buffer is not disposed of; it must not be kept longer.</summary>
    /// <exception cref="ObjectDisposedException">The bytes are erased already.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_erased, this);
            return _pages.Span[..Length];
        }
    }

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
        _pages.Release();
    }
}
