using System.Text;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Map;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;
using SupplyChain.Tests.Kit;

namespace SupplyChain.Fuzz.Tests.Readers;

/// <summary>Encodings, statements, the trust root, notes and map rows of <c>protocol</c>.</summary>
internal static class ProtocolReaders
{
    public static IEnumerable<Reader> All =>
    [
        .. Encodings(), .. Statements(), .. Notes(), .. Rows(),
    ];

    private static IEnumerable<Reader> Encodings() =>
    [
        Reader.Of("protocol.hex", typeof(StrictHex), nameof(StrictHex.TryDecode), bytes =>
        {
            byte[] decoded = new byte[bytes.Length / 2];
            bool accepted = StrictHex.TryDecode(bytes, decoded);
            if (accepted != StrictHex.TryDecode(Latin(bytes), decoded)) throw new InvalidOperationException("text and bytes differ");
            return accepted ? Answer.Accept(Ascii(StrictHex.Encode(decoded))) : Answer.Refused;
        }, () => [Ascii("00ff"), Ascii(new string('a', 64))]),
        Reader.Of("protocol.base64", typeof(StrictBase64), nameof(StrictBase64.TryDecode), bytes =>
        {
            bool accepted = StrictBase64.TryDecode(bytes, out byte[]? decoded);
            if (accepted != StrictBase64.TryDecode(Latin(bytes), out _)) throw new InvalidOperationException("text and bytes differ");
            return accepted ? Answer.Accept(Ascii(StrictBase64.Encode(decoded))) : Answer.Refused;
        }, () => [Ascii("AA=="), Ascii("AAE="), Ascii("q83v"), []]),
        Reader.Of("protocol.decimal", typeof(StrictDecimal), nameof(StrictDecimal.TryDecode), bytes =>
        {
            bool accepted = StrictDecimal.TryDecode(bytes, out ulong number);
            if (accepted != StrictDecimal.TryDecode(Latin(bytes), out _)) throw new InvalidOperationException("text and bytes differ");
            return accepted ? Answer.Accept(Ascii(StrictDecimal.Encode(number))) : Answer.Refused;
        }, () => [Ascii("0"), Ascii("18446744073709551615")]),
        new Reader("protocol.digest", bytes =>
        {
            if (Digest.TryParseHex(bytes, out var digest)) return Answer.Accept(Ascii(digest.ToHex()));
            return Digest.TryRead(bytes, out digest) ? Answer.Accept(digest.ToArray()) : Answer.Refused;
        }, () => [Digest.Of([]).ToArray(), Ascii(Digest.Of([]).ToHex())])
        {
            Covers = [(typeof(Digest), nameof(Digest.TryRead)), (typeof(Digest), nameof(Digest.TryParseHex))],
        },
        Reader.Of("protocol.ed25519-key", typeof(Ed25519PublicKey), nameof(Ed25519PublicKey.TryRead), bytes =>
            Ed25519PublicKey.TryRead(bytes, out var key) ? Answer.Accept(key.Bytes.ToArray()) : Answer.Refused,
            () => Samples.Network.Nodes.Select(node => node.VoteKey.PublicKey.Bytes.ToArray())),
    ];

    private static IEnumerable<Reader> Statements() =>
    [
        Reader.Of("protocol.envelope", typeof(Envelope), nameof(Envelope.TryRead), bytes =>
            Envelope.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused, Samples.Envelopes),
        Reader.Of("protocol.statement", typeof(Statement), nameof(Statement.TryRead), bytes =>
            Statement.TryRead(bytes, out var value) ? Answer.Accept(value.ToPayload()) : Answer.Refused,
            () => Samples.Statements.Select(statement => statement.ToPayload())),
        Reader.Of("protocol.version", typeof(ReleaseVersion), nameof(ReleaseVersion.TryParse), bytes =>
            ReleaseVersion.TryParse(Latin(bytes), out var value) ? Answer.Accept(Ascii(value.ToString())) : Answer.Refused,
            () => [Ascii("1.2.3"), Ascii("1.2.3.4-rc.10.x-y"), Ascii("0.0.0-0")]),
        Reader.Of("protocol.trust-root", typeof(TrustRoot), nameof(TrustRoot.TryRead), bytes =>
            TrustRoot.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => [Samples.Network.Root.ToBytes(), Samples.MarkedRoot().ToBytes()]),
        Reader.Of("protocol.trust-root-envelope", typeof(TrustRoot), nameof(TrustRoot.TryReadEnvelope), bytes =>
            TrustRoot.TryReadEnvelope(bytes, out _, out _) ? Answer.Accept() : Answer.Refused,
            () => [Samples.Network.RootEnvelope.ToBytes()]),
        Reader.Of("protocol.node", typeof(NodeIdentity), nameof(NodeIdentity.TryRead), bytes =>
            NodeIdentity.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => Samples.Network.Nodes.Select(node => node.Identity.ToBytes())),
        Reader.Of("protocol.trusted-state", typeof(TrustedState), nameof(TrustedState.TryRead), bytes =>
            TrustedState.TryRead(bytes, out var value) ? Answer.Accept(value.ToBytes()) : Answer.Refused,
            () => [Samples.Trusted().ToBytes(), TrustedState.Initial(Samples.Network.Root).ToBytes()]),
    ];

    private static IEnumerable<Reader> Notes() =>
    [
        new Reader("protocol.note", bytes =>
        {
            if (!SignedNote.TryParse(bytes, out var note)) return Answer.Refused;
            foreach (var signature in note.Signatures) _ = Cosignature.TryRead(signature, out _, out _);
            return Answer.Accept(note.Encode());
        }, () => [Samples.Note(), Samples.Network.Certify(Samples.Log().Checkpoint, 0, signers: 4)])
        {
            Covers = [(typeof(SignedNote), nameof(SignedNote.TryParse)), (typeof(Cosignature), nameof(Cosignature.TryRead)),
                (typeof(NoteSignature), nameof(NoteSignature.TryParseLine))],
        },
        Reader.Of("protocol.checkpoint", typeof(Checkpoint), nameof(Checkpoint.TryParse), bytes =>
            Checkpoint.TryParse(bytes, out var value) ? Answer.Accept(value.ToText()) : Answer.Refused,
            () => [Samples.Log().Checkpoint.ToText()]),
        Reader.Of("protocol.verifier-key", typeof(VerifierKey), nameof(VerifierKey.TryParse), bytes =>
        {
            // Bytes that are no UTF-8 are no text to begin with: the reader of text sees what stands for them.
            string text = Utf8(bytes);
            if (!VerifierKey.TryParse(text, out var value)) return Answer.Refused;
            return Answer.Accept(value.ToString() == text ? bytes : Encoding.UTF8.GetBytes(value.ToString()));
        },
            () => [Ascii(new VerifierKey("node-00", NoteKeyType.Cosignature, Samples.Network.Nodes[0].AttestationKey.PublicKey).ToString())]),
    ];

    private static IEnumerable<Reader> Rows()
    {
        var id = Digest.Of("id"u8);
        var role = Samples.Network.Root.Roles[0];
        return
        [
            Reader.Of("protocol.row-root", typeof(RootRow), nameof(RootRow.TryRead), bytes =>
                RootRow.TryRead(bytes, out var row) ? Answer.Accept(row.ToBytes()) : Answer.Refused, () => [new RootRow(1, id).ToBytes()]),
            Reader.Of("protocol.row-role", typeof(RoleRow), nameof(RoleRow.TryRead), bytes =>
                RoleRow.TryRead(bytes, out var row) ? Answer.Accept(row.ToBytes()) : Answer.Refused,
                () => [new RoleRow(role.Key, role.Threshold).ToBytes()]),
            Reader.Of("protocol.row-product", typeof(ProductRow), nameof(ProductRow.TryRead), bytes =>
                ProductRow.TryRead(bytes, out var row) ? Answer.Accept(row.ToBytes()) : Answer.Refused,
                () => [new ProductRow("kernel", 1, 2, id, 3).ToBytes()]),
            Reader.Of("protocol.row-release", typeof(ReleaseRow), nameof(ReleaseRow.TryRead), bytes =>
                ReleaseRow.TryRead(bytes, out var row) ? Answer.Accept(row.ToBytes()) : Answer.Refused,
                () => [new ReleaseRow(1, id, 1).ToBytes(), new ReleaseRow(1, id, 1, 9).ToBytes()]),
            Reader.Of("protocol.row-artifact", typeof(ArtifactRow), nameof(ArtifactRow.TryRead), bytes =>
                ArtifactRow.TryRead(bytes, out var row) ? Answer.Accept(row.ToBytes()) : Answer.Refused, () => [new ArtifactRow(4).ToBytes()]),
            Reader.Of("protocol.row-channel", typeof(ChannelRow), nameof(ChannelRow.TryRead), bytes =>
                ChannelRow.TryRead(bytes, out var row) ? Answer.Accept(row.ToBytes()) : Answer.Refused,
                () => [new ChannelRow(1, id, TestNetwork.Version("1.0.0"), 2, 3, 1).ToBytes()]),
            Reader.Of("protocol.row-statement", typeof(StatementRow), nameof(StatementRow.TryRead), bytes =>
                StatementRow.TryRead(bytes, out var row) ? Answer.Accept(row.ToBytes()) : Answer.Refused,
                () => [new StatementRow(4).ToBytes()]),
        ];
    }

    internal static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>Every byte a character: nothing is lost on the way to a reader of text.</summary>
    internal static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    internal static string Utf8(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
