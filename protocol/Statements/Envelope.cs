using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.ThresholdSig.Bls;

namespace SupplyChain.Protocol.Statements;

/// <summary>
/// A log entry: a DSSE envelope in its one spelling (docs/protocol.md §3), signatures sorted by key id and each key once.
/// That the signatures verify, and are those required, is for <see cref="IsSignedExactlyBy(KnownSignatures, ReadOnlySpan{PublicKey})"/> to say.
/// </summary>
public sealed class Envelope
{
    public const string PayloadType = "application/vnd.in-toto+json";

    private Envelope(ReadOnlyMemory<byte> payload, IReadOnlyList<EnvelopeSignature> signatures)
    {
        Payload = payload;
        Signatures = signatures;
        Id = Digest.Of(Pae(payload.Span));
    }

    public ReadOnlyMemory<byte> Payload { get; }

    public IReadOnlyList<EnvelopeSignature> Signatures { get; }

    /// <summary>The statement's id: <c>H</c> of what is signed, so signatures are no part of it.</summary>
    public Digest Id { get; }

    /// <summary>Puts payload and signatures together; the order of <paramref name="signatures"/> does not matter.</summary>
    /// <exception cref="ArgumentException">Two signatures by one key, too many, or an entry above 65,535 bytes.</exception>
    public static Envelope Of(ReadOnlySpan<byte> payload, params IEnumerable<EnvelopeSignature> signatures)
    {
        var envelope = new Envelope(payload.ToArray(), [.. signatures.OrderBy(signature => signature.KeyId)]);
        if (!TryRead(envelope.ToBytes(), out _))
            throw new ArgumentException("These signatures and this payload make no entry.", nameof(signatures));

        return envelope;
    }

    /// <summary>As <see cref="Of"/> with signatures in their order, of parts that came from outside.</summary>
    internal static bool TryOf(
        ReadOnlySpan<byte> payload, IReadOnlyList<EnvelopeSignature> signatures, [NotNullWhen(true)] out Envelope? envelope)
    {
        // The reader of entries knows every bound.
        return TryRead(new Envelope(payload.ToArray(), signatures).ToBytes(), out envelope);
    }

    /// <summary>DSSE's pre-authentication encoding, the bytes that are signed.</summary>
    public static byte[] Pae(ReadOnlySpan<byte> payload) =>
    [
        .. "DSSEv1 "u8, .. Ascii(PayloadType.Length), .. " "u8, .. Utf8Text.ToUtf8(PayloadType),
        .. " "u8, .. Ascii(payload.Length), .. " "u8, .. payload,
    ];

    public static bool TryRead(ReadOnlySpan<byte> entry, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = null;
        if (entry.Length > Limits.MaxEntrySize) return false;

        var reader = new CanonicalJsonReader(entry);
        if (!reader.TryBeginObject()) return false;
        if (!reader.TryName("payloadType") || !reader.TryString(out string? type, PayloadType.Length)) return false;
        if (!string.Equals(type, PayloadType, StringComparison.Ordinal)) return false;
        if (!reader.TryName("payload") || !reader.TryBase64(Limits.MaxEntrySize, out byte[]? payload)) return false;
        if (!reader.TryName("signatures") || !TryReadSignatures(ref reader, out var signatures)) return false;
        if (!reader.TryEndObject() || !reader.AtEnd) return false;

        envelope = new Envelope(payload, signatures);
        return true;
    }

    public byte[] ToBytes()
    {
        var writer = new CanonicalJsonWriter()
            .BeginObject()
            .Field("payloadType", PayloadType)
            .Name("payload").Base64(Payload.Span)
            .Name("signatures").BeginArray();
        foreach (var signature in Signatures)
        {
            writer.BeginObject()
                .Field("keyid", signature.KeyId)
                .Name("sig").Base64(signature.Signature.Span)
                .EndObject();
        }

        return writer.EndArray().EndObject().ToArray();
    }

    /// <summary>True when the envelope carries one valid signature by each of these different keys, and no other.</summary>
    public bool IsSignedExactlyBy(params ReadOnlySpan<PublicKey> keys) => IsSignedExactlyBy(new KnownSignatures(), keys);

    /// <summary>As above; signatures that are known are not computed again.</summary>
    public bool IsSignedExactlyBy(KnownSignatures known, params ReadOnlySpan<PublicKey> keys)
    {
        if (Signatures.Count != keys.Length) return false;

        var seen = new HashSet<Digest>();
        foreach (var key in keys)
        {
            if (!seen.Add(EnvelopeSignature.KeyIdOf(key)) || !IsSignedBy(known, key)) return false;
        }

        return true;
    }

    /// <summary>True when one of the signatures is this key's and valid; what else there is, it does not say.</summary>
    public bool IsSignedBy(PublicKey key) => IsSignedBy(new KnownSignatures(), key);

    private bool IsSignedBy(KnownSignatures known, PublicKey key)
    {
        var id = EnvelopeSignature.KeyIdOf(key);
        return Signatures.FirstOrDefault(one => one.KeyId == id) is { } signature
            && known.Verify(key, id, Pae(Payload.Span), signature.Signature.Span);
    }

    private static bool TryReadSignatures(ref CanonicalJsonReader reader, out IReadOnlyList<EnvelopeSignature> signatures)
    {
        var read = new List<EnvelopeSignature>();
        signatures = read;
        if (!reader.TryBeginArray()) return false;

        while (!reader.TryEndArray())
        {
            if (read.Count == Limits.MaxSignaturesPerEnvelope || !reader.TryBeginObject()) return false;
            if (!reader.TryName("keyid") || !reader.TryDigest(out var keyId)) return false;
            if (!reader.TryName("sig") || !reader.TryBase64(Limits.MaxEnvelopeSignatureSize, out byte[]? signature)) return false;
            if (!reader.TryEndObject() || signature.Length == 0) return false;
            if (read.Count > 0 && read[^1].KeyId >= keyId) return false;

            read.Add(new EnvelopeSignature(keyId, signature));
        }

        return true;
    }

    private static byte[] Ascii(int number) => Utf8Text.ToUtf8(StrictDecimal.Encode((ulong)number));
}

/// <param name="KeyId"><c>H</c> of the signing key's bytes.</param>
/// <param name="Signature">1 to 64 bytes; 48 for a role's key.</param>
public sealed record EnvelopeSignature(Digest KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The <c>keyid</c> of a role's key (docs/protocol.md §2).</summary>
    public static Digest KeyIdOf(PublicKey key) => Digest.Of(key.ToBytes());
}
