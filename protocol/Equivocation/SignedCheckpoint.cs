using System.Diagnostics.CodeAnalysis;
using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Log;
using SupplyChain.Protocol.Nonces;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Equivocation;

/// <summary>
/// One text in which a node named a checkpoint under its attestation key: a cosignature (kind 1) or what it said to nonces
/// (kind 2). A claim until <see cref="Verify"/> holds.
/// <code>u8 kind ‖ u64 time ‖ u64 size ‖ root ‖ (kind 2: root of the nonce tree) ‖ signature (64)</code>
/// </summary>
public sealed class SignedCheckpoint
{
    private const byte Cosigned = 1, Answered = 2;

    private readonly byte[] _signature;

    private SignedCheckpoint(Checkpoint checkpoint, ulong time, Digest? nonces, ReadOnlySpan<byte> signature)
    {
        Checkpoint = checkpoint;
        Time = time;
        Nonces = nonces;
        _signature = signature.ToArray();
    }

    public Checkpoint Checkpoint { get; }

    /// <summary>Unix seconds by the node's clock.</summary>
    public ulong Time { get; }

    /// <summary>Root of the nonce tree; null for a cosignature.</summary>
    public Digest? Nonces { get; }

    /// <summary>A cosignature as it travels in a note; null when it has another form.</summary>
    public static SignedCheckpoint? OfCosignature(Checkpoint checkpoint, NoteSignature cosignature) =>
        Cosignature.TryRead(cosignature, out ulong time, out var signature) && checkpoint.Size > TreeSize.Zero
            ? new SignedCheckpoint(checkpoint, time, null, signature)
            : null;

    /// <summary>What a node said to nonces.</summary>
    public static SignedCheckpoint OfNonces(NonceStatement statement, ReadOnlySpan<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature.Length, Ed25519PublicKey.SignatureSize);
        return new SignedCheckpoint(statement.Newest, (ulong)statement.Time, statement.Nonces, signature);
    }

    /// <summary>True when this node's key signed it.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="attestationKey">The node's key.</param>
    public bool Verify(string node, Ed25519PublicKey attestationKey)
    {
        if (Nonces is { } nonces) return new NonceStatement(Checkpoint, (long)Time, nonces).Verify(attestationKey, _signature);

        var verifier = new VerifierKey(node, NoteKeyType.Cosignature, attestationKey);
        var note = Cosignature.ToNoteSignature(verifier, Time, _signature);
        return Cosignature.TryVerify(verifier, Checkpoint.ToText(), note, out _);
    }

    internal void WriteTo(ByteWriter writer)
    {
        writer.U8(Nonces is null ? Cosigned : Answered).U64(Time).U64(Checkpoint.Size.Value).Digest(Checkpoint.Root);
        if (Nonces is { } nonces) writer.Digest(nonces);
        writer.Bytes(_signature);
    }

    internal static bool TryRead(
        ref ByteReader reader, string origin, [NotNullWhen(true)] out SignedCheckpoint? signed)
    {
        signed = null;
        if (!reader.TryU8(out byte kind) || kind is not (Cosigned or Answered)) return false;
        if (!reader.TryU64(out ulong time)) return false;
        if (time > (kind == Cosigned ? Limits.MaxCosignatureTime : Limits.MaxJsonNumber)) return false;
        if (!reader.TryU64(out ulong leaves) || leaves == 0 || !TreeSize.TryCreate(leaves, out var size)) return false;
        if (!reader.TryDigest(out var root)) return false;

        Digest nonces = default;
        if (kind == Answered && !reader.TryDigest(out nonces)) return false;
        if (!reader.TryBytes(Ed25519PublicKey.SignatureSize, out var signature)) return false;

        signed = new SignedCheckpoint(
            new Checkpoint(origin, size, root), time, kind == Answered ? nonces : null, signature);
        return true;
    }
}
