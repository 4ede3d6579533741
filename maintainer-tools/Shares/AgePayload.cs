using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SupplyChain.MaintainerTools.Shares;

/// <summary>
/// The sealed payload: a 16-byte nonce, then chunks of 64 KiB in the STREAM construction. A chunk's nonce is its 11-byte
/// number and a flag that is 1 on the last only, so that chunks can be neither reordered nor cut off.
/// </summary>
internal static class AgePayload
{
    private const int NonceSize = 16, ChunkSize = 64 * 1024, TagSize = 16;

    public static byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> fileKey)
    {
        int chunks = Math.Max(1, (plaintext.Length + ChunkSize - 1) / ChunkSize);
        byte[] result = new byte[NonceSize + plaintext.Length + chunks * TagSize];
        RandomNumberGenerator.Fill(result.AsSpan(..NonceSize));
        using var cipher = Cipher(fileKey, result.AsSpan(..NonceSize));

        var rest = result.AsSpan(NonceSize..);
        for (int i = 0; i < chunks; i++)
        {
            var chunk = plaintext.Slice(i * ChunkSize, Math.Min(ChunkSize, plaintext.Length - i * ChunkSize));
            cipher.Encrypt(Nonce(i, last: i == chunks - 1), chunk, rest[..chunk.Length], rest.Slice(chunk.Length, TagSize));
            rest = rest[(chunk.Length + TagSize)..];
        }

        return result;
    }

    public static bool TryOpen(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> fileKey, [NotNullWhen(true)] out SecretBuffer? plaintext)
    {
        plaintext = null;
        if (payload.Length < NonceSize + TagSize) return false;

        using var cipher = Cipher(fileKey, payload[..NonceSize]);
        var rest = payload[NonceSize..];
        int chunks = (rest.Length + ChunkSize + TagSize - 1) / (ChunkSize + TagSize);
        int length = rest.Length - chunks * TagSize;

        // Only a payload without content may end with an empty chunk.
        if (length < 0 || (chunks > 1 && length == (chunks - 1) * ChunkSize)) return false;

        var opened = new SecretBuffer(length);
        if (!TryOpenChunks(cipher, rest, opened.Span))
        {
            opened.Dispose();
            return false;
        }

        plaintext = opened;
        return true;
    }

    private static bool TryOpenChunks(ChaCha20Poly1305 cipher, ReadOnlySpan<byte> sealedChunks, Span<byte> plaintext)
    {
        try
        {
            for (int i = 0; !sealedChunks.IsEmpty; i++)
            {
                int size = Math.Min(ChunkSize, plaintext.Length);
                var tag = sealedChunks.Slice(size, TagSize);
                bool last = sealedChunks.Length == size + TagSize;
                cipher.Decrypt(Nonce(i, last), sealedChunks[..size], tag, plaintext[..size]);
                sealedChunks = sealedChunks[(size + TagSize)..];
                plaintext = plaintext[size..];
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static ChaCha20Poly1305 Cipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        using var key = new SecretBuffer(32);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key.Span, salt: nonce, info: "payload"u8);
        return new ChaCha20Poly1305(key.Span);
    }

    private static byte[] Nonce(int chunk, bool last)
    {
        byte[] nonce = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(nonce.AsSpan(7), chunk);
        nonce[11] = last ? (byte)1 : (byte)0;
        return nonce;
    }
}
