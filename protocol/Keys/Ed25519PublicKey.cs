using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Math.EC.Rfc8032;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol.Keys;

/// <summary>
/// An Ed25519 public key (RFC 8032): a canonical point of the prime-order group other than the identity.
/// </summary>
public sealed class Ed25519PublicKey : IEquatable<Ed25519PublicKey>
{
    /// <summary>Bytes of a public key.</summary>
    public const int Size = 32;

    /// <summary>Bytes of a signature, R ‖ S.</summary>
    public const int SignatureSize = 64;

    private readonly byte[] _bytes;

    private Ed25519PublicKey(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>SHA-256 of the key's bytes, the <c>keyid</c> of docs/protocol.md §2.</summary>
    public Digest KeyId => Digest.Of(_bytes);

    /// <summary>
    /// Takes exactly 32 bytes; refuses coordinates not below 2^255 − 19, points off the curve and points outside the
    /// prime-order group, the small-order ones among them.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Ed25519PublicKey? key)
    {
        key = null;
        if (bytes.Length != Size) return false;

        byte[] copy = bytes.ToArray();
        if (!Ed25519.ValidatePublicKeyFull(copy, 0)) return false;

        key = new Ed25519PublicKey(copy);
        return true;
    }

    /// <summary>False for anything but 64 bytes with canonical R and S that verify without the cofactor.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize) return false;

        // The library compares R with its own canonical encoding and refuses an S that is not below the group's order.
        return Ed25519.Verify(signature.ToArray(), 0, _bytes, 0, message.ToArray(), 0, message.Length);
    }

    public string ToHex() => StrictHex.Encode(_bytes);

    public override string ToString() => ToHex();

    public bool Equals(Ed25519PublicKey? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as Ed25519PublicKey);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }
}
