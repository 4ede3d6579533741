using SupplyChain.Protocol.Encoding;
using SupplyChain.Protocol.Keys;
using SupplyChain.Protocol.Notes;

namespace SupplyChain.Protocol.Nonces;

/// <summary>
/// What a node says to all nonces of one instant: that it is this late, and that this is the newest checkpoint it ever
/// cosigned. Signed by its attestation key over
/// <code>"supplychain/nonce/v1" ‖ 0x00 ‖ text16(origin) ‖ nonce tree's root ‖ u64 time ‖ u64 size ‖ root</code>
/// which no cosignature begins with, so neither passes for the other (docs/protocol.md §10).
/// </summary>
/// <param name="Newest">The largest checkpoint in the node's signing journal.</param>
/// <param name="Time">Unix seconds by the node's clock.</param>
/// <param name="Nonces">Root of the <see cref="NonceTree"/>.</param>
public sealed record NonceStatement(Checkpoint Newest, long Time, Digest Nonces)
{
    public byte[] Sign(Ed25519PrivateKey attestationKey) => attestationKey.Sign(ToText());

    /// <summary>True when the signature is this key's on this very statement.</summary>
    public bool Verify(Ed25519PublicKey attestationKey, ReadOnlySpan<byte> signature) =>
        attestationKey.Verify(ToText(), signature);

    private byte[] ToText() => new ByteWriter()
        .Bytes("supplychain/nonce/v1\0"u8)
        .Text16(Newest.Origin)
        .Digest(Nonces)
        .U64((ulong)Time)
        .U64(Newest.Size.Value)
        .Digest(Newest.Root)
        .ToArray();
}
