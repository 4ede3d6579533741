using System.Text;
using System.Text.Json;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.MaintainerTools.Demo.Attacks;

/// <summary>A node's own keys, read from its folder as whoever seized the machine would (docs/protocol.md §13).</summary>
internal sealed class NodeKeys : IDisposable
{
    private readonly string _name;
    private readonly Ed25519PrivateKey _attestation;
    private readonly Ed25519PrivateKey _log;

    private NodeKeys(string name, Ed25519PrivateKey attestation, Ed25519PrivateKey log) =>
        (_name, _attestation, _log) = (name, attestation, log);

    public static NodeKeys Seize(string data)
    {
        using JsonDocument identity = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "node.json")));
        return new NodeKeys(
            identity.RootElement.GetProperty("name").GetString()!,
            Read(Path.Combine(data, "signing", "attestation.key")),
            Read(Path.Combine(data, "keys", "log.key")));
    }

    /// <summary>Another node's checkpoint as this node would serve it: its own log signature, and its own cosignature anew.</summary>
    public byte[] SignCheckpoint(byte[] note, ulong now)
    {
        if (!SignedNote.TryParse(note, out SignedNote? signed) || !Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint)) return note;

        NoteSignature own = Cosignature.Sign(_attestation, _name, signed.Text, now);
        IEnumerable<NoteSignature> others = signed.Signatures.Where(signature => signature.Name != checkpoint.Origin && signature.Name != _name);
        return new SignedNote(signed.Text, [LogSignature.Sign(_log, checkpoint.Origin, signed.Text), .. others, own]).Encode();
    }

    /// <summary>What this node would say to a nonce, were the checkpoint the newest it cosigned.</summary>
    public byte[] SignNonce(byte[] note, byte[] nonce, long now) =>
        SignedNote.TryParse(note, out SignedNote? signed) && Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint)
        && Nonce.TryRead(nonce, out Nonce asked)
            ? NonceAnswer.Sign(_attestation, checkpoint, now, [asked])[0].ToBytes()
            : [];

    /// <summary>The checkpoint of a log that has as many entries and is another.</summary>
    public static byte[] WithOtherRoot(byte[] note)
    {
        if (!SignedNote.TryParse(note, out SignedNote? signed) || !Checkpoint.TryParse(signed.Text, out Checkpoint? checkpoint)) return note;

        return new SignedNote(new Checkpoint(checkpoint.Origin, checkpoint.Size, Digest.Of("another history"u8)).ToText(), signed.Signatures).Encode();
    }

    public void Dispose()
    {
        _attestation.Dispose();
        _log.Dispose();
    }

    private static Ed25519PrivateKey Read(string file) =>
        Ed25519PrivateKey.FromSeed(Convert.FromHexString(File.ReadAllText(file, Encoding.ASCII).Trim()));
}
