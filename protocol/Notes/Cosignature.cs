using System.Buffers.Binary;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;

namespace SupplyChain.Protocol.Notes;

/// <summary>
/// A node's attestation: at this time, this checkpoint was the newest the node knew of the log, and consistent with all
/// before (C2SP tlog-cosignature, Ed25519). In a note its bytes are <c>u64 time ‖ signature (64)</c>; signed is
/// <c>cosignature/v1\ntime &lt;decimal&gt;\n</c> and then the note's text.
/// </summary>
public static class Cosignature
{
    private const int TimeSize = 8;
    private const int Size = TimeSize + Ed25519PublicKey.SignatureSize;

    /// <param name="key">The node's attestation key.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="noteText">A checkpoint's text.</param>
    /// <param name="unixTime">Seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The time is after <see cref="Limits.MaxCosignatureTime"/>.
    /// </exception>
    public static NoteSignature Sign(Ed25519PrivateKey key, string name, ReadOnlySpan<byte> noteText, ulong unixTime)
    {
        var verifier = new VerifierKey(name, NoteKeyType.Cosignature, key.PublicKey);
        return ToNoteSignature(verifier, unixTime, key.Sign(SignedMessage(noteText, unixTime)));
    }

    /// <summary>
    /// Puts a time and a 64-byte signature that travelled apart back into a note's form; verifies nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The time is too late, or the signature is not 64 bytes long.
    /// </exception>
    public static NoteSignature ToNoteSignature(VerifierKey key, ulong unixTime, ReadOnlySpan<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((int)key.Type, (int)NoteKeyType.Cosignature);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unixTime, Limits.MaxCosignatureTime);
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature.Length, Ed25519PublicKey.SignatureSize);

        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, unixTime);
        signature.CopyTo(bytes[TimeSize..]);
        return new NoteSignature(key.Name, key.KeyId, bytes);
    }

    /// <summary>Splits a signature of this form into its time and its 64 bytes; verifies nothing.</summary>
    public static bool TryRead(NoteSignature signature, out ulong unixTime, out ReadOnlySpan<byte> ed25519Signature)
    {
        unixTime = 0;
        ed25519Signature = default;
        if (signature.Signature.Length != Size) return false;

        ulong time = BinaryPrimitives.ReadUInt64BigEndian(signature.Signature);
        if (time > Limits.MaxCosignatureTime) return false;

        unixTime = time;
        ed25519Signature = signature.Signature[TimeSize..];
        return true;
    }

    /// <summary>
    /// True when the signature names this key and is its cosignature on the text, made at <paramref name="unixTime"/>.
    /// </summary>
    public static bool TryVerify(
        VerifierKey key, ReadOnlySpan<byte> noteText, NoteSignature signature, out ulong unixTime)
    {
        unixTime = 0;
        if (key.Type != NoteKeyType.Cosignature || !key.Matches(signature)) return false;
        if (!TryRead(signature, out ulong time, out var ed25519Signature)) return false;
        if (!key.PublicKey.Verify(SignedMessage(noteText, time), ed25519Signature)) return false;

        unixTime = time;
        return true;
    }

    private static byte[] SignedMessage(ReadOnlySpan<byte> noteText, ulong unixTime) =>
        [.. "cosignature/v1\ntime "u8, .. Utf8Text.ToUtf8(StrictDecimal.Encode(unixTime)), (byte)'\n', .. noteText];
}
