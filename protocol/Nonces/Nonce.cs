using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Protocol.Nonces;

/// <summary>
/// 32 random bytes that an agent draws for one question (docs/protocol.md §10): whoever signs over them does so after they
/// were drawn, whatever its clock says.
/// </summary>
public readonly record struct Nonce
{
    /// <summary>Bytes of a nonce.</summary>
    public const int Size = 32;

    private readonly Digest _bytes;

    /// <exception cref="ArgumentOutOfRangeException">Not 32 bytes.</exception>
    public Nonce(ReadOnlySpan<byte> random) => _bytes = new Digest(random);

    /// <summary>Its leaf in a <see cref="NonceTree"/>.</summary>
    internal Digest LeafHash => Log.LeafHash.Of(_bytes.AsSpan());

    /// <summary>Takes exactly 32 bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Nonce nonce)
    {
        nonce = bytes.Length == Size ? new Nonce(bytes) : default;
        return bytes.Length == Size;
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    public byte[] ToArray() => _bytes.ToArray();

    public override string ToString() => _bytes.ToHex();
}
