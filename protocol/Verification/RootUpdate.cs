using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Notes;
using SupplyChain.Protocol.Statements;
using SupplyChain.Protocol.Trust;

namespace SupplyChain.Protocol.Verification;

/// <summary>A trust root and the entry of the rotation that brought it.</summary>
public sealed record AdoptedRoot
{
    internal AdoptedRoot(TrustRoot root, ReadOnlyMemory<byte> entry)
    {
        Root = root;
        Entry = entry;
    }

    public TrustRoot Root { get; }

    /// <summary>The envelope.</summary>
    public ReadOnlyMemory<byte> Entry { get; }
}

/// <summary>
/// How a trust root after the first travels, as <c>/trust/&lt;N&gt;.update</c> (docs/protocol.md §8): the rotation, where it
/// stands in the log, and a checkpoint that the old root's nodes certified. Whoever asks for it has the root before, and most
/// of a root stays: so the rotation's payload travels as <see cref="Changes"/> to that of the rotation before.
/// <code>
/// "supplychain/root-update/v1\n"
/// u32 length ‖ certified checkpoint
/// changes ‖ u8 count ‖ count × (keyid (32) ‖ u8 length ‖ signature)
/// u64 index ‖ inclusion proof
/// </code>
/// </summary>
/// <param name="Note">The checkpoint as a signed note.</param>
/// <param name="Rotation">The entry; an envelope.</param>
/// <param name="Previous">The payload of the rotation before.</param>
public sealed record RootUpdate(ReadOnlyMemory<byte> Note, IncludedEntry Rotation, ReadOnlyMemory<byte> Previous)
{
    private static ReadOnlySpan<byte> Magic => "supplychain/root-update/v1\n"u8;

    /// <exception cref="InvalidOperationException">The entry is no envelope.</exception>
    public byte[] ToBytes()
    {
        if (!Envelope.TryRead(Rotation.Entry.Span, out var entry)) throw new InvalidOperationException("A rotation comes in an envelope.");

        var writer = new ByteWriter().Bytes(Magic).Bytes32(Note.Span);
        Changes.Write(writer, Previous.Span, entry.Payload.Span);
        writer.U8((byte)entry.Signatures.Count);
        foreach (var (keyId, signature) in entry.Signatures) writer.Digest(keyId).Bytes8(signature.Span);
        writer.U64(Rotation.Proof.Index);
        Rotation.Proof.WriteTo(writer);
        return writer.ToArray();
    }

    /// <summary>False is the rejection <c>rotation-malformed</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte> previous, [NotNullWhen(true)] out RootUpdate? update)
    {
        update = null;
        if (bytes.Length > Limits.MaxRootUpdateSize) return false;

        var reader = new ByteReader(bytes);
        if (!reader.TryConstant(Magic)) return false;
        if (!AttestedState.TryReadNote(ref reader, out var note, out var checkpoint)) return false;
        if (!Changes.TryRead(ref reader, previous.Span, out byte[]? payload)) return false;
        if (!TryReadSignatures(ref reader, out var signatures) || !Envelope.TryOf(payload, signatures, out var entry)) return false;
        if (!reader.TryU64(out ulong index) || !InclusionProof.TryRead(ref reader, index, checkpoint.Size, out var proof)) return false;
        if (!reader.AtEnd) return false;

        update = new RootUpdate(note, new IncludedEntry(entry.ToBytes(), proof), previous);
        return true;
    }

    /// <summary>
    /// Step 2 of docs/protocol.md §7: the root that follows <paramref name="current"/>. The attestations may be of any age:
    /// that the root was logged is true for ever. That it is of the log trusted so far, only a newer checkpoint can show.
    /// </summary>
    /// <param name="current">The newest root known.</param>
    /// <param name="file">What a node answered.</param>
    /// <param name="trusted">A checkpoint that this log must not contradict.</param>
    public static Verdict<AdoptedRoot> Follow(TrustRoot current, ReadOnlySpan<byte> file, Checkpoint? trusted = null)
    {
        byte[] previous = current.ToRotation().ToPayload();
        if (!TryRead(file, previous, out var update) || !Envelope.TryRead(update.Rotation.Entry.Span, out var entry))
            return new Rejection(RejectionReason.RotationMalformed, $"{file.Length} bytes that are no rotation with its proof");

        // The nodes' signatures cost less than the roots', and a stranger has neither.
        if (!CheckpointRules.CertifyAtAnyTime(current, update.Note.Span, now: 0).TryGet(out var certified, out var rejection))
            return new Rejection(RejectionReason.RotationNotCertified, rejection.Detail);
        if (CheckpointRules.Contradicts(trusted, certified.Checkpoint) is { } forked) return forked;
        if (!update.Rotation.Verify(certified.Checkpoint, update.Rotation.Proof.Index))
            return new Rejection(RejectionReason.RotationNotIncluded, "the rotation is not shown to be in the log");
        if (RootSuccession.Follow(current, entry, update.Rotation.Proof.Index, (one, key) => one.IsSignedBy(key), out var next) is { } fault)
            return Of(fault, current.Version + 1);

        return new AdoptedRoot(next!, update.Rotation.Entry);
    }

    /// <summary>A root that was adopted before, from its entry alone: what the state folder keeps.</summary>
    public static Verdict<AdoptedRoot> FollowAgain(TrustRoot current, ReadOnlyMemory<byte> entry)
    {
        if (!Envelope.TryRead(entry.Span, out var envelope))
            return new Rejection(RejectionReason.RotationMalformed, "not a canonical envelope");
        if (RootSuccession.Follow(current, envelope, index: null, (one, key) => one.IsSignedBy(key), out var next) is { } fault)
            return Of(fault, current.Version + 1);

        return new AdoptedRoot(next!, entry);
    }

    private static bool TryReadSignatures(ref ByteReader reader, out List<EnvelopeSignature> signatures)
    {
        signatures = [];
        if (!reader.TryU8(out byte count) || count > Limits.MaxSignaturesPerEnvelope) return false;

        for (int i = 0; i < count; i++)
        {
            if (!reader.TryDigest(out var keyId) || !reader.TryBytes8(Limits.MaxEnvelopeSignatureSize, out var signature)) return false;
            signatures.Add(new EnvelopeSignature(keyId, signature.ToArray()));
        }

        return true;
    }

    private static Rejection Of(SuccessionFault fault, ulong version) => fault switch
    {
        SuccessionFault.Malformed => new(RejectionReason.RotationMalformed, "not a rotation with a trust root that obeys the rules"),
        SuccessionFault.WrongOrigin => new(RejectionReason.RotationWrongOrigin, "a trust root of another network"),
        SuccessionFault.WrongSignature => new(
            RejectionReason.RotationSignatureInvalid, "not signed by the root keys of the old and the new root, and by them alone"),
        SuccessionFault.WrongVersion => new(RejectionReason.RotationWrongVersion, $"not trust root {version}"),
        SuccessionFault.NodesChanged or SuccessionFault.RoleDropped or SuccessionFault.ProductMoved
            or SuccessionFault.EarlierKeysWrong or SuccessionFault.MarkLoosened or SuccessionFault.MarkBeyondLog
            or SuccessionFault.MarkedKeyInForce or SuccessionFault.ThresholdChanged or SuccessionFault.TimeBackwards =>
            new(RejectionReason.RotationAgainstRules, $"it breaks a rule of rotations: {fault}"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
