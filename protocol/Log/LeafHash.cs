using System.Buffers;
using System.Security.Cryptography;

namespace SupplyChain.Protocol.Log;

/// <summary>Leaves of the log's tree: SHA-256(0x00 ‖ entry) (RFC 6962 §2.1).</summary>
public static class LeafHash
{
    public static Digest Of(ReadOnlySpan<byte> entry)
    {
        byte[] preimage = ArrayPool<byte>.Shared.Rent(entry.Length + 1);
        preimage[0] = 0x00;
        entry.CopyTo(preimage.AsSpan(1));

        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(preimage.AsSpan(0, entry.Length + 1), hash);
        ArrayPool<byte>.Shared.Return(preimage);
        return new Digest(hash);
    }
}
