using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SupplyChain.ThresholdSig.Curve;

/// <summary>
/// expand_message_xmd with SHA-256 (RFC 9380 §5.3.1): as many uniform bytes of a message as asked for.
/// </summary>
internal static class ExpandMessage
{
    private const int BlockSize = 64;
    private const int MaxTagSize = 255;

    /// <summary>
    /// Fills <paramref name="output"/>, at most 255 hashes long, from the message and a domain separation tag.
    /// </summary>
    public static void Xmd(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.Length, 255 * SHA256.HashSizeInBytes);
        Span<byte> tagPrime = stackalloc byte[MaxTagSize + 1];
        tagPrime = tagPrime[..WriteTag(tag, tagPrime)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        Span<byte> first = stackalloc byte[SHA256.HashSizeInBytes];
        HashWholeMessage(hash, message, output.Length, tagPrime, first);

        Span<byte> block = stackalloc byte[SHA256.HashSizeInBytes];
        block.Clear();
        for (int counter = 1; !output.IsEmpty; counter++)
        {
            for (int i = 0; i < block.Length; i++)
                block[i] ^= first[i];

            hash.AppendData(block);
            hash.AppendData([(byte)counter]);
            hash.AppendData(tagPrime);
            hash.GetHashAndReset(block);

            int taken = Math.Min(block.Length, output.Length);
            block[..taken].CopyTo(output);
            output = output[taken..];
        }
    }

    private static void HashWholeMessage(
        IncrementalHash hash, ReadOnlySpan<byte> message, int length, ReadOnlySpan<byte> tagPrime, Span<byte> first)
    {
        Span<byte> framing = stackalloc byte[3];
        BinaryPrimitives.WriteUInt16BigEndian(framing, (ushort)length);
        framing[2] = 0;

        Span<byte> padding = stackalloc byte[BlockSize];
        padding.Clear();
        hash.AppendData(padding);
        hash.AppendData(message);
        hash.AppendData(framing);
        hash.AppendData(tagPrime);
        hash.GetHashAndReset(first);
    }

    // The tag and its length; a tag too long for one byte is replaced by its hash (§5.3.3).
    private static int WriteTag(ReadOnlySpan<byte> tag, Span<byte> tagPrime)
    {
        int length = tag.Length;
        if (length > MaxTagSize)
        {
            SHA256.HashData([.. "H2C-OVERSIZE-DST-"u8, .. tag], tagPrime);
            length = SHA256.HashSizeInBytes;
        }
        else
        {
            tag.CopyTo(tagPrime);
        }

        tagPrime[length] = (byte)length;
        return length + 1;
    }
}
