using System.Buffers.Binary;
using System.Security.Cryptography;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.KeyGeneration;

/// <summary>
/// Secret scalars from a caller's seed of 32 random bytes: HKDF-Expand with SHA-256 (RFC 5869 §2.3), the seed as its
/// key and as info a label, a number and the context, to 48 bytes, reduced modulo the group order. One seed under two
/// labels or contexts gives unrelated scalars.
/// </summary>
internal static class Seed
{
    public const int Size = 32;

    // 128 bits more than the order has, so that the reduction is uniform but for 2⁻¹²⁸.
    private const int WideSize = 48;

    public static Scalar Derive(
        ReadOnlySpan<byte> seed, ReadOnlySpan<byte> label, int number, ReadOnlySpan<byte> context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, Size);
        var info = new byte[label.Length + sizeof(ushort) + context.Length];
        label.CopyTo(info);
        BinaryPrimitives.WriteUInt16BigEndian(info.AsSpan(label.Length), (ushort)number);
        context.CopyTo(info.AsSpan(label.Length + sizeof(ushort)));

        Span<byte> wide = stackalloc byte[WideSize];
        HKDF.Expand(HashAlgorithmName.SHA256, seed, wide, info);
        Scalar scalar = Scalar.Reduce(wide);
        CryptographicOperations.ZeroMemory(wide);
        return scalar;
    }
}
