using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;

namespace SupplyChain.Protocol.Notes;

/// <summary>The signature types of C2SP signed-note that this product makes and verifies.</summary>
public enum NoteKeyType
{
    /// <summary>Ed25519 over the note's text: what a log signs with.</summary>
    Ed25519 = 0x01,

    /// <summary>Ed25519 over a time and the note's text (C2SP tlog-cosignature): what a node attests with.</summary>
    Cosignature = 0x04,
}

/// <summary>
/// Whose signature on a note to expect: <c>&lt;name&gt;+&lt;key id, 8 hex digits&gt;+&lt;base64(type ‖ public
/// key)&gt;</c> (C2SP signed-note). The id is the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
/// </summary>
public sealed record VerifierKey
{
    private const int KeyIdSize = 4;

    /// <exception cref="ArgumentException">The name is not a key name.</exception>
    public VerifierKey(string name, NoteKeyType type, Ed25519PublicKey publicKey)
    {
        if (!KeyName.IsValid(name)) throw new ArgumentException("Not the name of a note's key.", nameof(name));
        if (!Enum.IsDefined(type)) throw new ArgumentOutOfRangeException(nameof(type));

        Name = name;
        Type = type;
        PublicKey = publicKey;
        KeyId = ComputeKeyId(name, Material());
    }

    public string Name { get; }

    public NoteKeyType Type { get; }

    public Ed25519PublicKey PublicKey { get; }

    public uint KeyId { get; }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VerifierKey? key)
    {
        key = null;

        // Base64 may hold a plus, a name and an id may not: the first two separate.
        int first = text.IndexOf('+');
        if (first < 0) return false;
        int second = text[(first + 1)..].IndexOf('+');
        if (second < 0) return false;

        var name = text[..first];
        var id = text.Slice(first + 1, second);
        var material = text[(first + second + 2)..];
        if (!KeyName.IsValid(name) || material.Length != (1 + Ed25519PublicKey.Size) / 3 * 4) return false;

        Span<byte> idBytes = stackalloc byte[KeyIdSize];
        if (!StrictHex.TryDecode(id, idBytes)) return false;
        if (!StrictBase64.TryDecode(material, out byte[]? bytes)) return false;

        var type = (NoteKeyType)bytes[0];
        if (type is not (NoteKeyType.Ed25519 or NoteKeyType.Cosignature)) return false;
        if (!Ed25519PublicKey.TryRead(bytes.AsSpan(1), out var publicKey)) return false;

        var candidate = new VerifierKey(name.ToString(), type, publicKey);
        if (candidate.KeyId != BinaryPrimitives.ReadUInt32BigEndian(idBytes)) return false;

        key = candidate;
        return true;
    }

    /// <summary>The signature claims to be by this key: same name, same id.</summary>
    public bool Matches(NoteSignature signature) => signature.KeyId == KeyId && signature.Name == Name;

    public override string ToString()
    {
        Span<byte> id = stackalloc byte[KeyIdSize];
        BinaryPrimitives.WriteUInt32BigEndian(id, KeyId);
        return $"{Name}+{StrictHex.Encode(id)}+{StrictBase64.Encode(Material())}";
    }

    private byte[] Material() => [(byte)Type, .. PublicKey.Bytes];

    private static uint ComputeKeyId(string name, byte[] material)
    {
        byte[] preimage = [.. Utf8Text.ToUtf8(name), (byte)'\n', .. material];
        return BinaryPrimitives.ReadUInt32BigEndian(Digest.Of(preimage).AsSpan());
    }
}
