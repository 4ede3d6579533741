using System.Diagnostics.CodeAnalysis;
using SupplyChain.ThresholdSig.Bls;
using SupplyChain.ThresholdSig.Curve;
using SupplyChain.ThresholdSig.Field;

namespace SupplyChain.ThresholdSig.KeyGeneration;

/// <summary>
/// A member's public key for one ceremony, to send it shares in private: a point of G1 other than the identity.
/// </summary>
public sealed class EncryptionPublicKey : IEquatable<EncryptionPublicKey>
{
    /// <summary>Bytes of the one encoding, a compressed point.</summary>
    public const int Size = G1.Size;

    private readonly byte[] _encoding;

    internal EncryptionPublicKey(in Point<Fp> point)
    {
        Point = point.Normalize();
        _encoding = new byte[Size];
        PointEncoding.Write(Point, _encoding);
    }

    internal Point<Fp> Point { get; }

    /// <summary>Reads 48 bytes, as strictly as a <see cref="Signature"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EncryptionPublicKey? key)
    {
        key = G1.TryRead(bytes, out Point<Fp> point) ? new EncryptionPublicKey(point) : null;
        return key is not null;
    }

    public byte[] ToBytes() => [.. _encoding];

    public bool Equals(EncryptionPublicKey? other) =>
        other is not null && _encoding.AsSpan().SequenceEqual(other._encoding);

    public override bool Equals(object? obj) => Equals(obj as EncryptionPublicKey);

    public override int GetHashCode() => EncodingHash.Of(_encoding);

    public override string ToString() => Convert.ToHexStringLower(_encoding);
}

/// <summary>
/// A member's key pair for one ceremony. Two members' keys agree on a secret (Diffie and Hellman, in G1), from which
/// the caller derives cipher keys, binding both public keys and the ceremony.
/// </summary>
public sealed class EncryptionKey : IDisposable
{
    /// <summary>Bytes of the seed.</summary>
    public const int SeedSize = Seed.Size;

    /// <summary>
    /// Bytes of the shared secret: a compressed point, not uniform, so it must go through a key derivation.
    /// </summary>
    public const int SharedSecretSize = G1.Size;

    private readonly SecretScalars _secret = new(1);

    private EncryptionKey(in Scalar secret)
    {
        _secret[0] = secret;
        PublicKey = new EncryptionPublicKey(G1.Generator * secret);
    }

    public EncryptionPublicKey PublicKey { get; }

    /// <param name="seed">32 bytes nobody can guess.</param>
    /// <param name="context">Names the ceremony; the same seed in another ceremony gives another key.</param>
    public static EncryptionKey FromSeed(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> context) =>
        new(Seed.Derive(seed, "supplychain/encryption/v1"u8, 0, context));

    /// <summary>
    /// Writes what this key and the other's have in common, 48 bytes, in the same time for every secret.
    /// </summary>
    public void DeriveSharedSecret(EncryptionPublicKey other, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, SharedSecretSize);
        PointEncoding.Write(other.Point * _secret[0], destination);
    }

    public void Dispose() => _secret.Dispose();
}
