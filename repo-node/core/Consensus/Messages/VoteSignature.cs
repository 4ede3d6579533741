using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>An Ed25519 signature as bytes, not yet verified: 64 bytes, held inline, equal when all bytes are.</summary>
public readonly struct VoteSignature : IEquatable<VoteSignature>
{
    public const int Size = 64;

    private readonly Bytes _bytes;

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> are not exactly 64.</exception>
    public VoteSignature(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        bytes.CopyTo(_bytes);
    }

    internal static bool TryRead(ref ByteReader reader, out VoteSignature signature)
    {
        bool read = reader.TryBytes(Size, out var taken);
        signature = read ? new VoteSignature(taken) : default;
        return read;
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes;

    public bool Equals(VoteSignature other) => AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => obj is VoteSignature other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    public static bool operator ==(VoteSignature left, VoteSignature right) => left.Equals(right);

    public static bool operator !=(VoteSignature left, VoteSignature right) => !left.Equals(right);

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
