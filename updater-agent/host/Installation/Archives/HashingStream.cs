using System.Security.Cryptography;
using SupplyChain.Protocol;

namespace SupplyChain.UpdaterAgent.Installation.Archives;

/// <summary>Passes a stream's bytes on and hashes them. Owns the stream.</summary>
internal sealed class HashingStream(Stream source) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override int Read(Span<byte> buffer)
    {
        int read = source.Read(buffer);
        _hash.AppendData(buffer[..read]);
        return read;
    }

    /// <summary>SHA-256 of the whole stream; what was not read yet is read.</summary>
    public Digest DigestToEnd()
    {
        CopyTo(Null);
        return new(_hash.GetHashAndReset());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
