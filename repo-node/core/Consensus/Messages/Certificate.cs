using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol;
using SupplyChain.Protocol.Encoding;

namespace SupplyChain.RepoNode.Core.Consensus.Messages;

/// <summary>One signer's part of a certificate.</summary>
public readonly record struct CertificateSignature(byte Signer, VoteSignature Signature);

/// <summary>
/// A quorum's votes for the same thing: a notarisation, nullification or finalisation, by the kind of its votes.
/// <c>u8 kind ‖ u64 view ‖ block hash ‖ u8 count ‖ (u8 signer ‖ signature)…</c>, signers strictly rising
/// (docs/protocol.md §11). Attributable on purpose: who signed is visible, and two conflicting certificates name their
/// culprits.
/// </summary>
public sealed record Certificate(
    VoteKind Kind, View View, Digest Block, ImmutableArray<CertificateSignature> Signatures)
{
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Certificate? certificate) =>
        WireReading.TryWhole(bytes, TryRead, out certificate);

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    /// <summary>The votes this certificate is made of.</summary>
    public IEnumerable<Vote> Votes() =>
        Signatures.Select(part => new Vote(Kind, View, Block, part.Signer, part.Signature));

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        if (!Vote.TryReadSubject(ref reader, out var kind, out var view, out var block)) return false;
        if (!reader.TryU8(out byte count) || reader.Remaining < count * (1 + VoteSignature.Size)) return false;

        var parts = ImmutableArray.CreateBuilder<CertificateSignature>(count);
        int last = -1;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryU8(out byte signer) || signer <= last) return false;
            if (!VoteSignature.TryRead(ref reader, out var signature)) return false;

            parts.Add(new CertificateSignature(signer, signature));
            last = signer;
        }

        certificate = new Certificate(kind, view, block, parts.MoveToImmutable());
        return true;
    }

    internal void WriteTo(ByteWriter writer)
    {
        writer.U8((byte)Kind).U64(View.Number).Digest(Block).U8((byte)Signatures.Length);
        foreach (var part in Signatures) writer.U8(part.Signer).Bytes(part.Signature.AsSpan());
    }
}
