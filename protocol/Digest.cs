using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.Protocol;

/// <summary>A SHA-256 value: 32 bytes, held inline, ordered as bytes.</summary>
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = 32;

    private readonly Bytes _bytes;

    /// <exception cref="ArgumentException"><paramref name="bytes"/> are not exactly 32.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        bytes.CopyTo(_bytes);
    }

    /// <summary>SHA-256 of <paramref name="data"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(data, hash);
        return new Digest(hash);
    }

    /// <summary>Takes exactly 32 bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Digest digest)
    {
        digest = bytes.Length == Size ? new Digest(bytes) : default;
        return bytes.Length == Size;
    }

    /// <summary>Takes exactly 64 lower-case hexadecimal digits.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> hex, out Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bool read = StrictHex.TryDecode(hex, bytes);
        digest = read ? new Digest(bytes) : default;
        return read;
    }

    /// <inheritdoc cref="TryParseHex(ReadOnlySpan{char}, out Digest)"/>
    public static bool TryParseHex(ReadOnlySpan<byte> utf8, out Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bool read = StrictHex.TryDecode(utf8, bytes);
        digest = read ? new Digest(bytes) : default;
        return read;
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes;

    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    public byte[] ToArray() => AsSpan().ToArray();

    public string ToHex() => StrictHex.Encode(AsSpan());

    public override string ToString() => ToHex();

    public bool Equals(Digest other) => AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    public int CompareTo(Digest other) => AsSpan().SequenceCompareTo(other.AsSpan());

    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
