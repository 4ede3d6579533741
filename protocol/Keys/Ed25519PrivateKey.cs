using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace SupplyChain.Protocol.Keys;

/// <summary>An Ed25519 private key (RFC 8032), held as its 32-byte seed until disposed. It has no text form.</summary>
public sealed class Ed25519PrivateKey : IDisposable
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedSize = 32;

    // Pinned, so that the collector leaves no copies behind when it compacts.
    private readonly byte[] _seed = GC.AllocateArray<byte>(SeedSize, pinned: true);
    private bool _disposed;

    private Ed25519PrivateKey(ReadOnlySpan<byte> seed)
    {
        seed.CopyTo(_seed);

        byte[] publicKey = new byte[Ed25519PublicKey.Size];
        Ed25519.GeneratePublicKey(_seed, 0, publicKey, 0);
        bool valid = Ed25519PublicKey.TryRead(publicKey, out var key);
        Invariant.Holds(valid && key is not null, "every seed has a valid public key");
        PublicKey = key;
    }

    public Ed25519PublicKey PublicKey { get; }

    /// <summary>Copies the seed, which must come from a cryptographic generator.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 32 bytes.</exception>
    public static Ed25519PrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedSize);
        return new Ed25519PrivateKey(seed);
    }

    /// <summary>64 bytes, R ‖ S; the same message always gets the same signature.</summary>
    /// <exception cref="ObjectDisposedException">The seed is erased already.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);

        byte[] signature = new byte[Ed25519PublicKey.SignatureSize];
        Ed25519.Sign(_seed, 0, PublicKey.Bytes.ToArray(), 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_seed);
    }
}
