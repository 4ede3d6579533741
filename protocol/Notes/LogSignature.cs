using SupplyChain.Protocol.Keys;

namespace SupplyChain.Protocol.Notes;

/// <summary>
/// A log's own signature on its checkpoint: Ed25519 over the note's text, key name = origin (C2SP signed-note).
/// </summary>
public static class LogSignature
{
    public static NoteSignature Sign(Ed25519PrivateKey key, string origin, ReadOnlySpan<byte> noteText)
    {
        var verifier = new VerifierKey(origin, NoteKeyType.Ed25519, key.PublicKey);
        return new NoteSignature(verifier.Name, verifier.KeyId, key.Sign(noteText));
    }

    /// <summary>True when the signature names this key and is its signature on the text.</summary>
    public static bool Verify(VerifierKey key, ReadOnlySpan<byte> noteText, NoteSignature signature) =>
        key.Type == NoteKeyType.Ed25519 && key.Matches(signature) &&
        key.PublicKey.Verify(noteText, signature.Signature);
}
